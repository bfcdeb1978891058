// What is shown, and the canvases it is shown on.
const LAYERS = [["points", "LiDAR points", true], ["boxes3d", "3D boxes", true], ["boxes2d", "2D boxes", false], ["ids", "class and id", true],
  ["lanes", "lanes", true], ["path", "ego path", true], ["lights", "traffic lights", true], ["radar", "radar", false]];

function buildLayers() {
  for (const [name, text, on] of LAYERS) {
    state.layers[name] = on;
    const label = document.createElement("label"), box = document.createElement("input");
    box.type = "checkbox"; box.id = `layer-${name}`; box.checked = on;
    box.onchange = () => { state.layers[name] = box.checked; show(); };
    label.append(box, text); byId("layers").append(label);
  }
  for (const name of ["color", "overlay"]) byId(name).onchange = () => { state[name] = byId(name).value; show(); };
  byId("opacity").oninput = () => { state.opacity = byId("opacity").value / 100; show(); };
  for (const [name, color] of Object.values(header.tags)) {
    const item = document.createElement("li");
    item.append(swatch(rgb(color)), name); byId("tags").querySelector("ul").append(item);
  }
}
function swatch(color) {
  const mark = document.createElement("i");
  mark.className = "swatch"; mark.style.background = color;
  return mark;
}

// Canvases have as many pixels as the screen gives them; those that hold points no more than 1.5 of CSS's.
function fit(canvas, most = 2) {
  const ratio = Math.min(devicePixelRatio || 1, most), width = Math.max(1, Math.round(canvas.clientWidth * ratio)), height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
  return ratio;
}

function strokeLine(ctx, points) {
  ctx.beginPath();
  let down = false;
  for (const p of points) {
    if (!p) { down = false; continue; }
    if (down) ctx.lineTo(p[0], p[1]); else ctx.moveTo(p[0], p[1]);
    down = true;
  }
  ctx.stroke();
}

// Text that stays readable on every ground.
function label(ctx, text, x, y, color) {
  ctx.lineWidth = 3; ctx.strokeStyle = "rgba(8,9,11,.8)"; ctx.lineJoin = "round";
  ctx.strokeText(text, x, y);
  ctx.fillStyle = color; ctx.fillText(text, x, y);
}

// A drag, a click, the wheel and two fingers on a canvas, as {turn, move, zoom, pick}.
function handle(canvas, acts) {
  const down = new Map();
  let far = 0;
  canvas.onpointerdown = event => { canvas.setPointerCapture(event.pointerId); down.set(event.pointerId, [event.offsetX, event.offsetY]); if (down.size === 1) far = 0; };
  canvas.onpointermove = event => {
    const before = down.get(event.pointerId);
    if (!before) return;
    const now = [event.offsetX, event.offsetY], dx = now[0] - before[0], dy = now[1] - before[1];
    far += Math.abs(dx) + Math.abs(dy);
    if (down.size === 2) {
      const other = [...down].find(([id]) => id !== event.pointerId)[1], span = p => Math.hypot(p[0] - other[0], p[1] - other[1]);
      acts.zoom(Math.max(0.5, Math.min(2, span(before) / Math.max(1, span(now))))); acts.move(dx / 2, dy / 2);
    } else if (event.shiftKey || event.buttons === 2) acts.move(dx, dy);
    else acts.turn(dx, dy);
    down.set(event.pointerId, now);
    requestDraw();
  };
  canvas.onpointerup = event => { if (down.delete(event.pointerId) && far < 5) acts.pick(event.offsetX, event.offsetY); };
  canvas.onpointercancel = event => down.delete(event.pointerId);
  canvas.oncontextmenu = event => event.preventDefault();
  canvas.addEventListener("wheel", event => { event.preventDefault(); acts.zoom(Math.exp(Math.max(-80, Math.min(80, event.deltaY)) * 0.002)); requestDraw(); }, { passive: false });
}
