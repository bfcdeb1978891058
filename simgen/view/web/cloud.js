// LiDAR points in 3D, drawn by hand into pixels with a depth buffer: it needs no WebGL, and the points are few.
const LOOKS = {
  behind: { yaw: Math.PI, pitch: 0.42, distance: 34, target: [8, 0, 0.5] },
  top: { yaw: Math.PI, pitch: 1.55, distance: 75, target: [0, 0, 0] },
  side: { yaw: -Math.PI / 2, pitch: 0.3, distance: 40, target: [4, 0, 0] },
};
let eye = { ...LOOKS.behind };
let hits = [];

// The pose that brings points of the ego frame into a camera that looks along x at the target, and its intrinsics.
function orbit(canvas) {
  const [cp, sp, cy, sy] = [Math.cos(eye.pitch), Math.sin(eye.pitch), Math.cos(eye.yaw), Math.sin(eye.yaw)];
  const forward = [-cp * cy, -cp * sy, -sp], left = [sy, -cy, 0], up = [-sp * cy, -sp * sy, cp];
  const at = eye.target.map((t, i) => t - forward[i] * eye.distance), dot = v => -(v[0] * at[0] + v[1] * at[1] + v[2] * at[2]);
  const focal = 0.95 * canvas.height;
  return { view: [...forward, dot(forward), ...left, dot(left), ...up, dot(up)], k: [focal, focal, canvas.width / 2, canvas.height / 2] };
}

function buildCloud() {
  const canvas = byId("cloud");
  handle(canvas, {
    turn: (dx, dy) => { eye = { ...eye, yaw: eye.yaw - dx * 0.008, pitch: Math.max(-0.2, Math.min(1.55, eye.pitch + dy * 0.008)) }; },
    move: (dx, dy) => {
      const k = eye.distance / canvas.clientHeight, [c, s] = [Math.cos(eye.yaw), Math.sin(eye.yaw)];
      eye = { ...eye, target: [eye.target[0] - (s * dx + c * dy) * k, eye.target[1] + (c * dx - s * dy) * k, eye.target[2]] };
    },
    zoom: factor => { eye = { ...eye, distance: Math.max(2, Math.min(250, eye.distance * factor)) }; },
    pick: pickInCloud,
  });
  for (const button of document.querySelectorAll("[data-look]")) button.onclick = () => { eye = { ...LOOKS[button.dataset.look] }; requestDraw(); };
}

function drawCloud() {
  const canvas = byId("cloud"), ratio = fit(canvas, 1.5), ctx = canvas.getContext("2d"), { view, k } = orbit(canvas), clouds = cloudsAt(state.position);
  const image = ctx.createImageData(canvas.width, canvas.height), words = new Uint32Array(image.data.buffer);
  words.fill(word([11, 12, 14]));
  if (state.layers.points) {
    const depth = new Float32Array(words.length).fill(1e9);
    for (const { cloud, pose } of clouds) drawPoints(words, depth, canvas, cloud, product(view, pose), k, ratio);
  }
  ctx.putImageData(image, 0, 0);
  const late = Math.max(0, ...clouds.map(c => (episode().frames[state.position].tick - c.cloud.tick) / episode().tick_rate_hz));
  byId("cloud-age").textContent = !clouds.length ? (episode().lidars.length ? "nothing yet" : "no LiDAR in this rig") : late > 0.0001 ? `${late.toFixed(2)} s old` : "";
  drawCloudLines(ctx, view, k, ratio);
}

function drawPoints(words, depth, canvas, cloud, m, k, ratio) {
  const { width, height } = canvas, color = POINT_COLORS[state.color], { xyz } = cloud, unit = header.unit_m;
  for (let i = 0; i < cloud.tag.length; i++) {
    const x = xyz[3 * i] * unit, y = xyz[3 * i + 1] * unit, z = xyz[3 * i + 2] * unit, d = m[0] * x + m[1] * y + m[2] * z + m[3];
    if (d < NEAR_M) continue;
    const u = (k[2] - k[0] * (m[4] * x + m[5] * y + m[6] * z + m[7]) / d) | 0, v = (k[3] - k[1] * (m[8] * x + m[9] * y + m[10] * z + m[11]) / d) | 0;
    const side = Math.round((d < 18 ? 3 : d < 90 ? 2 : 1) * ratio);
    if (u < 0 || v < 0 || u + side > width || v + side > height) continue;
    const c = color(cloud, i);
    for (let r = v; r < v + side; r++) for (let p = r * width + u; p < r * width + u + side; p++) if (d < depth[p]) { depth[p] = d; words[p] = c; }
  }
}

function drawCloudLines(ctx, view, k, ratio) {
  const { labels } = content(state.position);
  const line = (points, color, width = 1.2) => {
    const seen = points.map(p => moved(view, p));
    ctx.strokeStyle = color; ctx.lineWidth = width * ratio; ctx.beginPath();
    for (let i = 1; i < seen.length; i++) { const ends = segment(k, seen[i - 1], seen[i]); if (ends) { ctx.moveTo(...ends[0]); ctx.lineTo(...ends[1]); } }
    ctx.stroke();
  };
  for (const radius of [10, 20, 40, 80]) line(ring(radius), "rgba(255,255,255,.09)", 1);
  if (state.layers.lanes) for (const lane of laneLines(labels)) line(lane.line, lane.color, 1);
  if (state.layers.path) line(pathAt(state.position), "rgba(255,255,255,.75)", 1.6);
  const own = boxOf([0, 1, 0, 0, 0.75, 4.8, 2, 1.5, 1, 0, 0, 0, 0, 0, 0]);
  drawWireBox(line, own, "rgba(255,255,255,.55)", 1.2);
  hits = [];
  if (state.layers.boxes3d) for (const row of labels.boxes) {
    const box = boxOf(row), pixels = cornersOf(box).map(p => moved(view, p)).filter(p => p[0] > NEAR_M).map(p => pixelOf(k, p));
    drawWireBox(line, box, classColor(box.kind), box.id === state.selected ? 3 : 1.3);
    if (pixels.length) hits.push({ id: box.id, box: [Math.min(...pixels.map(p => p[0])), Math.min(...pixels.map(p => p[1])), Math.max(...pixels.map(p => p[0])), Math.max(...pixels.map(p => p[1]))] });
    if (state.layers.ids && pixels.length === 8 && eye.distance < 120) cloudLabel(ctx, box, pixels, ratio);
  }
  if (state.layers.lights) for (const [, light, ...centre] of labels.lights) cloudDot(ctx, moved(view, centre), k, rgb(header.lights[light] || [200, 200, 200]), 5 * ratio);
  if (state.layers.radar) for (const [x, y, z, v] of radarAt(state.position)) cloudDot(ctx, moved(view, [x, y, z]), k, radarColor(v), 2.5 * ratio);
}

function drawWireBox(line, box, color, width) {
  const corners = cornersOf(box);
  for (const [i, j] of EDGES) line([corners[i], corners[j]], color, width);
  line(noseOf(box), color, width);
}
function cloudLabel(ctx, box, pixels, ratio) {
  const top = pixels.reduce((a, b) => (b[1] < a[1] ? b : a));
  ctx.font = `${10.5 * ratio}px system-ui, sans-serif`;
  label(ctx, `${className(box.kind)} ${box.id}`, top[0] + 3, top[1] - 4 * ratio, classColor(box.kind));
}
function cloudDot(ctx, p, k, color, radius) {
  if (p[0] < NEAR_M) return;
  const [u, v] = pixelOf(k, p);
  ctx.fillStyle = color; ctx.beginPath(); ctx.arc(u, v, radius, 0, 7); ctx.fill();
}
const ring = radius => Array.from({ length: 73 }, (_, i) => [radius * Math.cos(i * Math.PI / 36), radius * Math.sin(i * Math.PI / 36), 0]);
const radarAt = position => { for (let p = position; p >= Math.max(0, position - 5); p--) if (content(p).radar.length) return content(p).radar; return []; };
const radarColor = v => (v < -0.3 ? "#ff7a7a" : v > 0.3 ? "#7ab8ff" : "#c9ced6");

function pickInCloud(x, y) {
  const canvas = byId("cloud"), ratio = canvas.width / canvas.clientWidth, [u, v] = [x * ratio, y * ratio];
  const under = hits.filter(({ box }) => u >= box[0] - 4 && u <= box[2] + 4 && v >= box[1] - 4 && v <= box[3] + 4);
  under.sort((a, b) => (a.box[2] - a.box[0]) * (a.box[3] - a.box[1]) - (b.box[2] - b.box[0]) * (b.box[3] - b.box[1]));
  select(under.length ? under[0].id : null);
}
