// Play, step, and what happened when.
let clock = null;

function buildTimeline() {
  byId("frame").oninput = () => go(Number(byId("frame").value));
  byId("back").onclick = () => { pause(); go(state.position - 1); };
  byId("forward").onclick = () => { pause(); go(state.position + 1); };
  byId("play").onclick = () => (state.playing ? pause() : play());
  byId("speed").onchange = () => { state.speed = Number(byId("speed").value); clock = null; };
  document.addEventListener("keydown", pressed);
}

function pressed(event) {
  const on = event.target.tagName, taken = on === "SELECT" || (on === "INPUT" && event.target.type === "range" && event.target.id !== "frame");
  if (taken || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && (on === "BUTTON" || on === "SUMMARY" || event.target.type === "checkbox")) return;
  const step = event.shiftKey ? 10 : 1, last = episode().frames.length - 1;
  const acts = { " ": () => byId("play").click(), ArrowLeft: () => { pause(); go(state.position - step); }, ArrowRight: () => { pause(); go(state.position + step); }, Home: () => go(0), End: () => go(last), Escape: () => select(null) };
  if (!acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
}

function go(position) { state.position = Math.max(0, Math.min(episode().frames.length - 1, position)); clock = null; return show(); }

function play() {
  if (episode().frames.length < 2) return;
  if (state.position === episode().frames.length - 1) state.position = 0;
  state.playing = true; clock = null; playButton(); requestAnimationFrame(tick);
}
function pause() { state.playing = false; playButton(); }
function playButton() {
  byId("play").textContent = state.playing ? "❚❚" : "▶";
  byId("play").setAttribute("aria-pressed", String(state.playing)); byId("play").setAttribute("aria-label", state.playing ? "pause" : "play");
}

// Frames come at their own times, times the speed; where decoding takes longer, frames are left out.
async function tick(now) {
  if (!state.playing) return;
  const frames = episode().frames;
  if (!clock) clock = { now, time: frames[state.position].time };
  const time = clock.time + (now - clock.now) / 1000 * state.speed;
  let next = state.position;
  while (next + 1 < frames.length && frames[next + 1].time <= time) next++;
  if (next !== state.position) { state.position = next; await show(); }
  if (next === frames.length - 1) { state.position = next; pause(); return; }
  requestAnimationFrame(tick);
}

const along = t => { const [first, last] = episode().span; return 100 * Math.max(0, Math.min(1, (t - first) / Math.max(1, last - first))); };
const positionAt = t => { const at = episode().frames.findIndex(frame => frame.tick >= t); return at < 0 ? episode().frames.length - 1 : at; };

// Bars of what happened, in as many rows as they need beside each other.
function buildMoments() {
  const ends = [];
  byId("moments").replaceChildren(...episode().moments.map(moment => {
    const bar = document.createElement("button"), start = along(moment.start_tick), stop = Math.max(along(moment.stop_tick), start + 7);
    let row = ends.findIndex(end => end <= start);
    if (row < 0) row = ends.length < 4 ? ends.length : 3;
    ends[row] = stop;
    bar.type = "button"; bar.className = moment.kind; bar.textContent = moment.name; bar.dataset.start = moment.start_tick; bar.dataset.stop = moment.stop_tick;
    bar.title = `${moment.text}, at ${(moment.start_tick / episode().tick_rate_hz).toFixed(2)} s`; bar.setAttribute("aria-label", `${bar.title}: go there`);
    Object.assign(bar.style, { left: `${Math.min(start, 96)}%`, width: `max(8px, ${Math.min(along(moment.stop_tick), 100) - start}%)`, top: `${17 * row}px` });
    bar.onclick = () => { pause(); go(positionAt(moment.start_tick)); };
    return bar;
  }));
  byId("moments").style.setProperty("--rows", ends.length);
}

function drawTimeline() {
  const frames = episode().frames, frame = frames[state.position], slider = byId("frame");
  slider.value = state.position;
  slider.setAttribute("aria-valuetext", `${frame.time.toFixed(2)} s, frame ${state.position + 1} of ${frames.length}`);
  byId("when").textContent = `${frame.time.toFixed(2)} s   ${state.position + 1} / ${frames.length}`;
  for (const bar of byId("moments").children) bar.classList.toggle("now", Number(bar.dataset.start) <= frame.tick && frame.tick <= Number(bar.dataset.stop));
}

// The ego's speed behind the slider.
function drawSpeeds() {
  const canvas = byId("speeds"), ratio = fit(canvas), ctx = canvas.getContext("2d"), { speeds } = episode(), most = Math.max(5, ...speeds);
  const points = speeds.map((v, i) => [i / Math.max(1, speeds.length - 1) * canvas.width, canvas.height * (0.95 - 0.85 * v / most)]);
  ctx.clearRect(0, 0, canvas.width, canvas.height);
  ctx.fillStyle = "rgba(127,178,255,.13)"; fillShape(ctx, [[0, canvas.height], ...points, [canvas.width, canvas.height]]);
  ctx.strokeStyle = "rgba(127,178,255,.6)"; ctx.lineWidth = ratio; strokeLine(ctx, points);
  ctx.fillStyle = "#8d959f"; ctx.font = `${9.5 * ratio}px system-ui, sans-serif`; ctx.fillText(`speed, up to ${most.toFixed(0)} m/s`, 5 * ratio, 11 * ratio);
}
