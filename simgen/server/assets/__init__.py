"""The procedural world that cameras and rays see: meshes computed from numbers, no asset files."""
