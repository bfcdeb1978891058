"""Poses, cameras and boxes; numpy only."""
