// Sounds of the scan screens, made by the browser itself. An element with data-sound="right|wrong|done" sounds when it
// appears; any module may send console:sound {name}. The first touch or key wakes the sound up, as browsers demand.
const TUNES = {
  right: [[880, 0, 0.09]],
  wrong: [[196, 0, 0.16], [165, 0.19, 0.26]],
  done: [[660, 0, 0.09], [880, 0.1, 0.09], [1174, 0.2, 0.16]],
};
let audio = null;

function wake() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
}

function play(name) {
  if (!audio || audio.state !== "running" || !TUNES[name]) return;
  for (const [pitch, start, length] of TUNES[name]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const at = audio.currentTime + start;
    tone.type = name === "wrong" ? "square" : "sine";
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(name === "wrong" ? 0.12 : 0.25, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + length);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + length);
  }
  if (navigator.vibrate) navigator.vibrate(name === "wrong" ? [120, 60, 120] : 40);
}

if (document.querySelector(".scan")) {
  document.addEventListener("pointerdown", wake);
  document.addEventListener("keydown", wake);
  document.addEventListener("console:sound", (event) => play(event.detail.name));
  document.addEventListener("htmx:afterSettle", (event) => {
    const answer = event.target.matches?.("[data-sound]") ? event.target : event.target.querySelector?.("[data-sound]");
    if (answer) play(answer.dataset.sound);
  });
}
