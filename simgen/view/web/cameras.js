// Photographs with labels drawn over them.
let cameraViews = {};

function buildCameras() {
  cameraViews = {};
  const names = Object.keys(episode().cameras);
  byId("cameras").replaceChildren();
  byId("cameras").style.setProperty("--columns", names.length <= 1 ? 1 : names.length <= 4 ? 2 : 3);
  for (const name of names) {
    const camera = episode().cameras[name], figure = document.createElement("figure"), caption = document.createElement("figcaption");
    const title = document.createElement("span"), age = document.createElement("span"), buttons = document.createElement("span"), large = document.createElement("button");
    const canvas = document.createElement("canvas");
    figure.className = "view"; age.className = "aside"; buttons.className = "buttons"; large.className = "enlarge"; large.type = "button";
    title.textContent = name; large.textContent = "⤢"; large.setAttribute("aria-label", `enlarge ${name}`); large.setAttribute("aria-pressed", "false");
    canvas.style.aspectRatio = `${camera.width} / ${camera.height}`;
    if (names.length === 1) canvas.style.maxHeight = "50vh";
    canvas.setAttribute("role", "img"); canvas.setAttribute("aria-label", `camera ${name}; a click on a box selects it`); canvas.dataset.camera = name;
    canvas.onclick = event => pickInCamera(name, event);
    buttons.append(large); caption.append(title, age, buttons); figure.append(caption, canvas); byId("cameras").append(figure);
    cameraViews[name] = { canvas, age, camera };
    resized.observe(canvas);
  }
}

// Where the image stands in its canvas: the whole of it, in the middle.
function placed(canvas, camera) {
  const scale = Math.min(canvas.width / camera.width, canvas.height / camera.height);
  return { scale, left: (canvas.width - camera.width * scale) / 2, top: (canvas.height - camera.height * scale) / 2 };
}

function drawCamera(name, images) {
  const { canvas, age, camera } = cameraViews[name], ratio = fit(canvas), ctx = canvas.getContext("2d"), found = viewOf(name, state.position);
  const { scale, left, top } = placed(canvas, camera);
  ctx.setTransform(1, 0, 0, 1, 0, 0); ctx.clearRect(0, 0, canvas.width, canvas.height);
  if (!found) { age.textContent = "nothing yet"; return; }
  const late = (episode().frames[state.position].tick - found.view.tick) / episode().tick_rate_hz;
  age.textContent = late > 0 ? `${late.toFixed(2)} s old` : "";
  ctx.save();
  ctx.beginPath(); ctx.rect(left, top, camera.width * scale, camera.height * scale); ctx.clip();
  if (images.rgb) ctx.drawImage(images.rgb, left, top, camera.width * scale, camera.height * scale);
  if (images.overlay) {
    ctx.globalAlpha = images.rgb ? state.opacity : 1; ctx.imageSmoothingEnabled = state.overlay === "depth";
    ctx.drawImage(images.overlay, left, top, camera.width * scale, camera.height * scale);
    ctx.globalAlpha = 1; ctx.imageSmoothingEnabled = true;
  }
  const place = p => [left + p[0] * scale, top + p[1] * scale];
  if (state.layers.lanes) drawCameraLanes(ctx, found, camera, place, ratio);
  if (state.layers.boxes3d) drawWires(ctx, found, camera, place, ratio);
  drawTight(ctx, found, place, scale, ratio);
  if (state.layers.lights) drawCameraLights(ctx, found, camera, place, ratio);
  ctx.restore();
}

function drawCameraLanes(ctx, { view, labels }, camera, place, ratio) {
  const unit = Math.max(camera.width, camera.height) / header.pixel_steps, none = header.no_pixel, at = view.lanes;
  ctx.lineWidth = 1.2 * ratio;
  labels.lanes.kinds.forEach((kind, i) => {
    const [start, count] = labels.lanes.spans[i], line = [];
    for (let p = start; p < start + count && 2 * p + 1 < at.length; p++) line.push(at[2 * p] === none ? null : place([at[2 * p] * unit, at[2 * p + 1] * unit]));
    ctx.strokeStyle = rgb(header.lanes[kind][1]); strokeLine(ctx, line);
  });
}

function drawWires(ctx, { view, labels }, camera, place, ratio) {
  const seen = new Set(view.tight.map(row => row[0]));
  for (const row of labels.boxes) {
    if (!seen.has(row[0])) continue;
    const box = boxOf(row), corners = cornersOf(box).map(p => moved(camera.sensor_from_ego, p));
    ctx.strokeStyle = classColor(box.kind); ctx.lineWidth = (box.id === state.selected ? 3 : 1.4) * ratio;
    for (const [i, j] of EDGES) { const ends = segment(camera.k, corners[i], corners[j]); if (ends) strokeLine(ctx, ends.map(place)); }
    const nose = segment(camera.k, ...noseOf(box).map(p => moved(camera.sensor_from_ego, p)));
    if (nose) strokeLine(ctx, nose.map(place));
  }
}

function drawTight(ctx, { view }, place, scale, ratio) {
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  for (const [id, kind, x0, y0, x1, y1] of view.tight) {
    const [left, top] = place([x0, y0]), picked = id === state.selected;
    if (state.layers.boxes2d || picked) {
      ctx.strokeStyle = picked ? "#fff" : classColor(kind); ctx.lineWidth = (picked ? 2 : 1) * ratio;
      ctx.strokeRect(left, top, (x1 - x0) * scale, (y1 - y0) * scale);
    }
    if (state.layers.ids && (x1 - x0) * scale > 12 * ratio) label(ctx, `${className(kind)} ${id}`, left, Math.max(top - 4 * ratio, 11 * ratio), classColor(kind));
  }
}

function drawCameraLights(ctx, { labels }, camera, place, ratio) {
  ctx.lineWidth = 1.6 * ratio;
  for (const [, light, ...centre] of labels.lights) {
    const p = moved(camera.sensor_from_ego, centre);
    if (p[0] < 1 || p[0] > 60) continue;
    const [u, v] = place(pixelOf(camera.k, p));
    ctx.strokeStyle = rgb(header.lights[light] || [200, 200, 200]); ctx.beginPath(); ctx.arc(u, v, 6 * ratio, 0, 7); ctx.stroke();
  }
}

// The smallest tight box under the pointer.
function pickInCamera(name, event) {
  const { canvas, camera } = cameraViews[name], found = viewOf(name, state.position), ratio = canvas.width / canvas.clientWidth, { scale, left, top } = placed(canvas, camera);
  if (!found) return;
  const x = (event.offsetX * ratio - left) / scale, y = (event.offsetY * ratio - top) / scale, slack = 3 * ratio / scale;
  const hit = found.view.tight.filter(([, , x0, y0, x1, y1]) => x >= x0 - slack && x <= x1 + slack && y >= y0 - slack && y <= y1 + slack);
  hit.sort((a, b) => (a[4] - a[2]) * (a[5] - a[3]) - (b[4] - b[2]) * (b[5] - b[3]));
  select(hit.length ? hit[0][0] : null);
}
