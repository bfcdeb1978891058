// Puts the parts together. A frame is shown when all its images are decoded, in all views at once.
let asked = 0, due = false;
const resized = new ResizeObserver(() => { requestDraw(); drawSpeeds(); });

async function show() {
  const mine = ++asked, names = Object.keys(episode().cameras), position = state.position;
  const found = await Promise.all(names.map(async name => ({
    rgb: await picture(position, name, "rgb"), overlay: state.overlay ? await picture(position, name, state.overlay) : null })));
  if (mine !== asked) return;
  state.images = Object.fromEntries(names.map((name, i) => [name, found[i]]));
  draw();
  if (position + 1 < episode().frames.length) for (const name of names) picture(position + 1, name, "rgb");
}
function draw() {
  due = false;
  if (!state.images) return;
  for (const name of Object.keys(episode().cameras)) if (state.images[name]) drawCamera(name, state.images[name]);
  drawCloud(); drawAbove(); drawPanel(); drawTimeline();
  document.body.dataset.shown = `${state.episode}/${state.position}`;
}
function requestDraw() { if (!due) { due = true; requestAnimationFrame(draw); } }

function openEpisode(number) {
  pause();
  Object.assign(state, { episode: number, position: 0, selected: null, images: null });
  byId("frame").max = episode().frames.length - 1;
  byId("note").textContent = episode().note + (header.left_out ? `; ${header.left_out} more shards are not in this page` : "");
  byId("provenance").textContent = JSON.stringify({ provenance: episode().provenance, outcome: episode().outcome }, null, 1);
  for (const option of byId("overlay").options) option.disabled = Boolean(option.value) && !episode().overlays.includes(option.value);
  if (byId("overlay").selectedOptions[0].disabled) { byId("overlay").value = ""; state.overlay = ""; }
  buildCameras(); buildMoments(); drawSpeeds();
  return episode().frames.length ? show() : null;
}

header.episodes.forEach((e, i) => byId("episode").add(new Option(e.part[1] > 1 ? `${e.name} (part ${e.part[0] + 1} of ${e.part[1]})` : e.name, i)));
byId("episode-label").hidden = header.episodes.length < 2;
byId("episode").onchange = () => openEpisode(Number(byId("episode").value));
document.addEventListener("click", event => {
  const button = event.target.closest(".enlarge");
  if (!button) return;
  button.setAttribute("aria-pressed", String(button.closest(".view").classList.toggle("large")));
});
buildLayers(); buildCloud(); buildAbove(); buildTimeline();
for (const id of ["cloud", "above", "speeds"]) resized.observe(byId(id));
openEpisode(0);
