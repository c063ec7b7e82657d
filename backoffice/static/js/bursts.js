// Tells a person's key from a scanner's burst. A wedge scanner types a code within milliseconds and ends with Enter;
// its letters must never act as shortcuts. What is typed into a field is left alone.
//
// Sends on document:  console:key  {key, shift}   one key of a person, after a breath of 45 ms
//                     console:scan {code}         a whole code; whoever uses it calls preventDefault()
const BREATH = 45; // ms between keys of a burst at most; people need 60 and more
const LEAST = 4; // shorter runs are fast fingers

let run = [];
let timer = 0;

function isField(element) {
  return Boolean(element?.closest?.("input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [contenteditable=true]"));
}

// The letter by its place on the keyboard where the layout is not Latin: shortcuts and scans then work in Hebrew too.
function latin(event) {
  if (event.key.charCodeAt(0) < 128) return event.key;
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (letter) return event.shiftKey ? letter[1] : letter[1].toLowerCase();
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
  return digit ? digit[1] : event.key;
}

function send(name, detail) {
  return document.dispatchEvent(new CustomEvent(name, { detail, cancelable: true }));
}

function end() {
  clearTimeout(timer);
  const keys = run;
  run = [];
  if (keys.length >= LEAST) {
    send("console:scan", { code: keys.map((one) => one.key).join("") });
    return;
  }
  for (const one of keys) send("console:key", one);
}

document.addEventListener(
  "keydown",
  (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isField(event.target)) return;
    if ((event.key === "Enter" || event.key === "Tab") && run.length >= LEAST) {
      event.preventDefault();
      event.stopImmediatePropagation();
      end();
      return;
    }
    if (event.key.length !== 1 || event.key === " ") return;
    const one = { key: latin(event), shift: event.shiftKey };
    // Firefox would open its own find bar on these two.
    if (one.key === "/" || one.key === "'") event.preventDefault();
    if (event.repeat) {
      send("console:key", one);
      return;
    }
    run.push(one);
    clearTimeout(timer);
    timer = setTimeout(end, BREATH);
  },
  true,
);
