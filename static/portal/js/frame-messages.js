/* What frames say to the page. They are hostile ground: what one says is untrusted, and however much it says, the page
   stays its reader's. Little of it is read, the last of each kind acted on when the screen is drawn anew, and a frame
   that says too much is stopped. Also in posts that were saved as a file. */
"use strict";
const frameMessages = (() => {
  const SECOND = 1000;
  const HEARD = 40;  /* messages in a second; what came after is asked for again when it is over */
  const FLOOD = 2000;
  const READING = 2000;  /* milliseconds that reading what one frame says may take, all in all */
  const ANSWER = 20_000;  /* milliseconds that an answer may take */
  const OURS = ".prose iframe.output-frame";
  const speakers = new WeakMap();
  const acts = {};
  const waiting = new Map();

  /* the frame of this page that a window is in, however deep: it answers for all of them */
  const outermost = (source) => {
    let at = source;
    for (let depth = 0; depth < 50 && at.parent && at.parent !== window && at.parent !== at; depth += 1) at = at.parent;
    return at;
  };
  const frameOf = (source, selector) => [...document.querySelectorAll(selector)].find((frame) => frame.contentWindow === source);

  const stop = (source) => {
    const frame = frameOf(source, "iframe");
    if (!frame) return;
    const note = document.createElement("p");
    note.className = "notice";
    note.textContent = "This output was stopped: it kept the page from working. Load the page again to see it once more.";
    (frame.closest("figure") ?? frame).replaceWith(note);
  };

  const askAgain = (source) => {
    const frame = frameOf(source, OURS);
    if (frame) frame.contentWindow.postMessage({ almanac: "how tall" }, "*");
  };

  const isHeard = (source) => {
    const now = performance.now();
    let speaker = speakers.get(source);
    if (!speaker) speakers.set(source, speaker = { since: now, count: 0, spent: 0 });
    if (now - speaker.since > SECOND) Object.assign(speaker, { since: now, count: 0 });
    speaker.count += 1;
    if (speaker.count === HEARD + 1) setTimeout(askAgain, SECOND, source);
    if (speaker.count === FLOOD) stop(source);
    return speaker.count <= HEARD && speaker.spent < READING;
  };

  /* only here is a message unpacked, which takes as long as it is large */
  const read = (event, source) => {
    const began = performance.now();
    const message = event.data;
    speakers.get(source).spent += performance.now() - began;
    return typeof message === "object" && message !== null && Object.hasOwn(acts, message.almanac) ? message : null;
  };

  const act = () => {
    const said = [...waiting];
    waiting.clear();
    for (const [frame, kinds] of said) {
      for (const kind of Object.keys(kinds)) if (frame.isConnected) acts[kind](frame, kinds[kind]);
    }
  };

  addEventListener("message", (event) => {
    if (!event.source || event.source === window || event.origin !== "null") return;
    const source = outermost(event.source);
    const message = isHeard(source) && source === event.source ? read(event, source) : null;
    const frame = message && frameOf(source, OURS);
    if (!frame) return;
    if (!waiting.size) requestAnimationFrame(act);
    waiting.set(frame, { ...waiting.get(frame), [message.almanac]: message });
  });

  return {
    /* `act(frame, message)` for messages of this kind */
    on(kind, act) { acts[kind] = act; },

    /* promises what a frame answers: whatever it likes, but once and by a way of its own */
    ask(frame, question) {
      const { port1, port2 } = new MessageChannel();
      return new Promise((resolve, reject) => {
        const patience = setTimeout(() => { port1.close(); reject(new Error("No answer")); }, ANSWER);
        port1.onmessage = (event) => {
          port1.close();
          clearTimeout(patience);
          resolve(event.data);
        };
        frame.contentWindow.postMessage(question, "*", [port2]);
      });
    },

    /* those that were quicker than the scripts have told it nobody */
    start() {
      for (const frame of document.querySelectorAll(`${OURS}:not(.paper-frame)`)) askAgain(frame.contentWindow);
    },
  };
})();
