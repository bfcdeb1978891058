// What the frame and the selected box are, in words. Rows stay where they are from frame to frame.
function fillList(list, rows) {
  list.replaceChildren(...rows.flatMap(([name, value]) => {
    const term = document.createElement("dt"), text = document.createElement("dd");
    term.textContent = name; text.textContent = value;
    return [term, text];
  }));
}

function drawPanel() {
  const frame = episode().frames[state.position], { labels } = content(state.position), facts = episode().facts;
  const now = episode().moments.filter(m => m.start_tick <= frame.tick && frame.tick <= m.stop_tick).map(m => m.name);
  fillList(byId("facts"), [["time", `${frame.time.toFixed(2)} s`], ["tick", String(frame.tick)], ["ego speed", `${frame.speed.toFixed(1)} m/s, ${(3.6 * frame.speed).toFixed(0)} km/h`],
    ["happening", [...new Set(now)].join(", ") || "–"], ...["weather", "scenario", "seed", "map", "server", "rig"].filter(key => key in facts).map(key => [key, facts[key]])]);
  drawCounts(labels.boxes);
  drawSelected(labels.boxes);
}

function drawCounts(boxes) {
  const counts = new Map(), seen = new Set(tightAt(state.position).map(([, row]) => row[0]));
  for (const kind of Object.keys(header.classes)) counts.set(Number(kind), [0, 0]);
  for (const row of boxes) { const c = counts.get(row[1]) || [0, 0]; counts.set(row[1], [c[0] + 1, c[1] + (seen.has(row[0]) ? 1 : 0)]); }
  byId("counts").tBodies[0].replaceChildren(...[...counts].map(([kind, [all, seen]]) => {
    const line = document.createElement("tr"), cells = [className(kind), all, seen].map(text => { const cell = document.createElement("td"); cell.textContent = text; return cell; });
    cells[0].prepend(swatch(classColor(kind))); line.append(...cells);
    line.style.opacity = all ? 1 : 0.45;
    return line;
  }));
}

// [camera, row] of the tight boxes in the images that are shown: frames between two images have none of their own.
const tightAt = position => Object.keys(episode().cameras).flatMap(name => (viewOf(name, position)?.view.tight || []).map(row => [name, row]));

function drawSelected(boxes) {
  const list = byId("selected"), row = boxes.find(b => b[0] === state.selected);
  if (state.selected === null || !row) {
    const hint = document.createElement("p");
    hint.textContent = state.selected === null ? "Click a box in any view." : `Object ${state.selected} is not labelled in this frame.`;
    list.replaceChildren(hint);
    return;
  }
  const box = boxOf(row), number = v => v.toFixed(2), yaw = Math.atan2(box.pose[4], box.pose[0]) * 180 / Math.PI, [x, y, z] = [box.pose[3], box.pose[7], box.pose[11]];
  const views = tightAt(state.position).filter(([, t]) => t[0] === box.id), hits = cloudsAt(state.position).map(({ cloud }) => cloud.hits[box.id] || 0);
  fillList(list, [["object", `${className(box.kind)} ${box.id}`], ["centre", `${number(x)}, ${number(y)}, ${number(z)} m`], ["distance", `${number(Math.hypot(x, y))} m`], ["size", `${box.size.map(number).join(" × ")} m`],
    ["heading", `${yaw.toFixed(1)}° from the ego's`], ["speed", `${number(Math.hypot(...box.velocity))} m/s`], ["pixels", String(views.reduce((sum, [, t]) => sum + t[10], 0))], ["points", String(Math.max(0, ...hits))],
    ["seen by", views.length ? views.map(([name, t]) => `${name} ${Math.round(100 * t[11])} %`).join(", ") : "no camera"]]);
}
function select(id) { state.selected = id; show(); }
