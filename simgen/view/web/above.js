// The scene from above: the ego in the middle, forward is up, left is left.
let above = { radius: 45, x: 8, y: 0 };

function buildAbove() {
  const canvas = byId("above"), metres = () => 2 * above.radius / canvas.clientHeight;
  const move = (dx, dy) => { above = { ...above, x: above.x + dy * metres(), y: above.y + dx * metres() }; };
  handle(canvas, { turn: move, move, zoom: factor => { above = { ...above, radius: Math.max(4, Math.min(250, above.radius * factor)) }; }, pick: pickFromAbove });
  byId("above-reset").onclick = () => { above = { radius: 45, x: 8, y: 0 }; requestDraw(); };
}

const aboveScale = canvas => canvas.height / (2 * above.radius);
const toAbove = (canvas, k, [x, y]) => [canvas.width / 2 - (y - above.y) * k, canvas.height / 2 - (x - above.x) * k];

function drawAbove() {
  const canvas = byId("above"), ratio = fit(canvas, 1.5), ctx = canvas.getContext("2d"), k = aboveScale(canvas), place = p => toAbove(canvas, k, p), { labels } = content(state.position);
  const image = ctx.createImageData(canvas.width, canvas.height), words = new Uint32Array(image.data.buffer);
  words.fill(word([11, 12, 14]));
  if (state.layers.points) for (const { cloud, pose } of cloudsAt(state.position)) drawPointsAbove(words, canvas, cloud, pose, k, Math.round(ratio));
  ctx.putImageData(image, 0, 0);
  ctx.lineWidth = ratio;
  drawRings(ctx, place, k, ratio);
  if (state.layers.lanes) for (const { color, line } of laneLines(labels)) { ctx.strokeStyle = color; strokeLine(ctx, line.map(place)); }
  if (state.layers.path) { ctx.strokeStyle = "rgba(255,255,255,.7)"; ctx.lineWidth = 1.6 * ratio; strokeLine(ctx, pathAt(state.position).map(place)); }
  if (state.layers.boxes3d) for (const row of labels.boxes) drawFootprint(ctx, boxOf(row), place, k, ratio);
  if (state.layers.lights) for (const [, light, x, y] of labels.lights) dotAbove(ctx, place([x, y]), rgb(header.lights[light] || [200, 200, 200]), 4.5 * ratio);
  if (state.layers.radar) for (const [x, y, , v] of radarAt(state.position)) dotAbove(ctx, place([x, y]), radarColor(v), 2.5 * ratio);
  ctx.fillStyle = "#f0f2f4"; fillShape(ctx, [[2.4, 0], [1.6, 1], [-2.4, 1], [-2.4, -1], [1.6, -1]].map(place));
}

function drawPointsAbove(words, { width, height }, cloud, m, k, side) {
  const color = POINT_COLORS[state.color], { xyz } = cloud, unit = header.unit_m, cx = width / 2 + above.y * k, cy = height / 2 + above.x * k;
  for (let i = 0; i < cloud.tag.length; i++) {
    const x = xyz[3 * i] * unit, y = xyz[3 * i + 1] * unit, z = xyz[3 * i + 2] * unit;
    const u = (cx - (m[4] * x + m[5] * y + m[6] * z + m[7]) * k) | 0, v = (cy - (m[0] * x + m[1] * y + m[2] * z + m[3]) * k) | 0;
    if (u < 0 || v < 0 || u + side > width || v + side > height) continue;
    const c = color(cloud, i);
    for (let r = v; r < v + side; r++) for (let p = r * width + u; p < r * width + u + side; p++) words[p] = c;
  }
}

function drawRings(ctx, place, k, ratio) {
  const [x, y] = place([0, 0]);
  ctx.font = `${10 * ratio}px system-ui, sans-serif`;
  for (const radius of [10, 20, 40, 80]) {
    ctx.strokeStyle = "rgba(255,255,255,.1)"; ctx.beginPath(); ctx.arc(x, y, radius * k, 0, 7); ctx.stroke();
    ctx.fillStyle = "rgba(255,255,255,.4)"; ctx.fillText(`${radius} m`, x + 3 * ratio, y - radius * k - 3 * ratio);
  }
}

const footprint = ({ pose, size }) => [[0.5, 0.5], [0.5, -0.5], [-0.5, -0.5], [-0.5, 0.5]].map(([a, b]) => moved(pose, [a * size[0], b * size[1], 0]));

function drawFootprint(ctx, box, place, k, ratio) {
  const color = classColor(box.kind), outline = footprint(box).map(place), picked = box.id === state.selected;
  ctx.strokeStyle = picked ? "#fff" : color; ctx.lineWidth = (picked ? 2.4 : 1.4) * ratio;
  strokeLine(ctx, [...outline, outline[0]]);
  const middle = place(box.pose.filter((_, i) => i % 4 === 3)), nose = place(moved(box.pose, [box.size[0] / 2, 0, 0]));
  strokeLine(ctx, [middle, nose]);
  const reach = Math.hypot(...box.velocity.slice(0, 2));
  if (reach > 0.3) {  // where it will be in a second
    ctx.setLineDash([3 * ratio, 3 * ratio]); ctx.lineWidth = ratio;
    strokeLine(ctx, [nose, [nose[0] - box.velocity[1] * k, nose[1] - box.velocity[0] * k]]);
    ctx.setLineDash([]);
  }
  ctx.font = `${10.5 * ratio}px system-ui, sans-serif`;
  if (state.layers.ids && k > 2.2 * ratio) label(ctx, String(box.id), Math.max(...outline.map(p => p[0])) + 3, middle[1] + 3, color);
}
function fillShape(ctx, points) { ctx.beginPath(); points.forEach((p, i) => (i ? ctx.lineTo(...p) : ctx.moveTo(...p))); ctx.fill(); }
function dotAbove(ctx, [u, v], color, radius) { ctx.fillStyle = color; ctx.beginPath(); ctx.arc(u, v, radius, 0, 7); ctx.fill(); }

function pickFromAbove(x, y) {
  const canvas = byId("above"), ratio = canvas.width / canvas.clientWidth, k = aboveScale(canvas);
  const at = [above.x - (y * ratio - canvas.height / 2) / k, above.y - (x * ratio - canvas.width / 2) / k], slack = 4 * ratio / k;
  const hit = content(state.position).labels.boxes.map(boxOf).filter(box => {
    const local = moved(inverse(box.pose), [...at, box.pose[11]]);
    return Math.abs(local[0]) <= box.size[0] / 2 + slack && Math.abs(local[1]) <= box.size[1] / 2 + slack;
  });
  hit.sort((a, b) => a.size[0] * a.size[1] - b.size[0] * b.size[1]);
  select(hit.length ? hit[0].id : null);
}
