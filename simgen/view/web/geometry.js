// Poses are rows of a 3x4 matrix; frames are right-handed, x forward, y left, z up; a camera looks along x.
const EDGES = [[0, 1], [0, 2], [0, 4], [1, 3], [1, 5], [2, 3], [2, 6], [3, 7], [4, 5], [4, 6], [5, 7], [6, 7]];
const NEAR_M = 0.2;
const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

const moved = (m, [x, y, z]) => [
  m[0] * x + m[1] * y + m[2] * z + m[3], m[4] * x + m[5] * y + m[6] * z + m[7], m[8] * x + m[9] * y + m[10] * z + m[11]];

function product(a, b) {
  const out = [];
  for (let r = 0; r < 12; r += 4) for (let c = 0; c < 4; c++) out.push(a[r] * b[c] + a[r + 1] * b[c + 4] + a[r + 2] * b[c + 8] + (c === 3 ? a[r + 3] : 0));
  return out;
}

function inverse(m) {
  const out = [m[0], m[4], m[8], 0, m[1], m[5], m[9], 0, m[2], m[6], m[10], 0];
  for (let r = 0; r < 12; r += 4) out[r + 3] = -(out[r] * m[3] + out[r + 1] * m[7] + out[r + 2] * m[11]);
  return out;
}

// A box as Python sends it, by name.
function boxOf(row) {
  const [id, kind, cx, cy, cz, sx, sy, sz, w, x, y, z, vx, vy, vz] = row;
  const pose = [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y), cx, 2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x), cy,
    2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y), cz];
  return { id, kind, pose, size: [sx, sy, sz], velocity: [vx, vy, vz] };
}

function cornersOf({ pose, size }) {
  const out = [];
  for (const x of [-0.5, 0.5]) for (const y of [-0.5, 0.5]) for (const z of [-0.5, 0.5]) out.push(moved(pose, [x * size[0], y * size[1], z * size[2]]));
  return out;
}
// The middle, and the middle of the front face: the heading.
const noseOf = ({ pose, size }) => [moved(pose, [0, 0, -size[2] / 2]), moved(pose, [size[0] / 2, 0, -size[2] / 2])];

// Pixels of a point in the frame of a camera (x forward); the inverse of none: x must be positive.
const pixelOf = ([fx, fy, cx, cy], [x, y, z]) => [cx - fx * y / x, cy - fy * z / x];

// The visible part of a segment in front of a camera as two pixels, or null.
function segment(k, a, b) {
  if (a[0] < NEAR_M && b[0] < NEAR_M) return null;
  const cut = (inside, outside) => { const t = (inside[0] - NEAR_M) / (inside[0] - outside[0]); return inside.map((v, i) => v + (outside[i] - v) * t); };
  return [pixelOf(k, a[0] < NEAR_M ? cut(b, a) : a), pixelOf(k, b[0] < NEAR_M ? cut(a, b) : b)];
}

const rgb = c => `rgb(${c[0]},${c[1]},${c[2]})`;
const classColor = kind => rgb((header.classes[kind] || [0, [200, 200, 200]])[1]);
const className = kind => (header.classes[kind] || [`class ${kind}`])[0];
const word = c => (0xff000000 | (c[2] << 16) | (c[1] << 8) | c[0]) >>> 0;
const rampWords = Uint32Array.from(header.ramp, word);
const tagWords = Uint32Array.from({ length: 256 }, (_, t) => header.tags[t] ? word(header.tags[t][1].map(v => 60 + 0.76 * v)) : word([90, 90, 90]));

// The colour of an id: the same as of instance images.
function objectWord(id) {
  if (!id) return word([70, 74, 80]);
  const hue = Math.imul(id, 2654435761) >>> 0;
  return word([3, 11, 19].map(s => ((hue >>> s) & 127) + 96));
}
const POINT_COLORS = {
  height: (cloud, i) => rampWords[Math.max(0, Math.min(255, (cloud.xyz[3 * i + 2] * header.unit_m + 0.5) * 42)) | 0],
  intensity: (cloud, i) => rampWords[cloud.intensity[i]],
  tag: (cloud, i) => tagWords[cloud.tag[i]],
  object: (cloud, i) => objectWord(cloud.object[i]),
};

// Clouds that hold at a position, each with the pose that brings it into the ego frame of that position.
function cloudsAt(position) {
  const here = inverse(episode().frames[position].pose);
  return episode().lidars.flatMap(name => {
    const at = episode().latest[name][position];
    return at < 0 ? [] : [{ cloud: content(at).clouds[name], at, pose: at === position ? IDENTITY : product(here, episode().frames[at].pose) }];
  });
}

function* laneLines(labels) {
  const { kinds, spans, xyz } = labels.lanes;
  for (let i = 0; i < kinds.length; i++) {
    const line = [];
    for (let p = spans[i][0]; p < spans[i][0] + spans[i][1]; p++) line.push([xyz[3 * p], xyz[3 * p + 1], xyz[3 * p + 2]].map(v => v * header.unit_m));
    yield { color: rgb(header.lanes[kinds[i]][1]), line, start: spans[i][0] };
  }
}
const pathAt = position => { const here = inverse(episode().frames[position].pose); return episode().path.map(p => moved(here, p)); };
