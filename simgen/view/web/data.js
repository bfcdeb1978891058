"use strict";
// What Python put into the page: a header, and one element a frame that is parsed when it is first looked at.
const byId = id => document.getElementById(id);
const header = JSON.parse(byId("header").textContent);
const state = { episode: 0, position: 0, playing: false, speed: 1, selected: null, layers: {}, color: "height", overlay: "", opacity: 0.55 };
const episode = () => header.episodes[state.episode];

function bytes(text) {
  const raw = atob(text), out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out;
}
const int16 = text => new Int16Array(bytes(text).buffer);

// A map that forgets what was asked for longest ago.
class Recent extends Map {
  constructor(most) { super(); this.most = most; }
  fetch(key, make) {
    const value = super.has(key) ? super.get(key) : make();
    super.delete(key); super.set(key, value);
    if (this.size > this.most) super.delete(this.keys().next().value);
    return value;
  }
}
const contents = new Recent(80), pictures = new Recent(120);

function decodeLabels(labels) { labels.lanes.xyz = int16(labels.lanes.xyz); }

function content(position) {
  return contents.fetch(`${state.episode}/${position}`, () => {
    const frame = JSON.parse(byId(`frame-${state.episode}-${position}`).textContent);
    decodeLabels(frame.labels);
    for (const view of Object.values(frame.views)) { view.lanes = int16(view.lanes); if (view.labels) decodeLabels(view.labels); }
    for (const cloud of Object.values(frame.clouds)) {
      cloud.xyz = int16(cloud.xyz); cloud.intensity = bytes(cloud.intensity); cloud.tag = bytes(cloud.tag);
      cloud.object = new Uint16Array(bytes(cloud.object).buffer);
    }
    return frame;
  });
}

// The newest view of a camera at a position, with the labels of its own tick; null before its first.
function viewOf(name, position) {
  const at = episode().latest[name][position];
  if (at < 0) return null;
  const frame = content(at), view = frame.views[name];
  return { at, view, labels: view.labels || frame.labels };
}

function picture(position, name, layer) {
  const found = viewOf(name, position);
  if (!found || !found.view[layer]) return Promise.resolve(null);
  return pictures.fetch(`${state.episode}/${found.at}/${name}/${layer}`, async () => {
    const image = new Image();
    image.src = found.view[layer];
    try { await image.decode(); return image; } catch { return null; }
  });
}
