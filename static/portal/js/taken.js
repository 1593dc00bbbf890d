/* In a post that was saved as a file: fills the frames with their output documents. */
"use strict";
(() => {
  const { nonce } = document.currentScript;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const libraries = new Map();
  const textOf = (number) => {
    if (!libraries.has(number)) libraries.set(number, read(`library-${number}`));
    return libraries.get(number);
  };

  /* these end a script's element, or keep it from ending; in strings and patterns the escape means the same */
  const script = (text) => `<script nonce="${nonce}">${text.replace(/<(?=\/script|!--)/gi, "\\x3c")}<\/script>`;
  const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  const markup = (piece) => {
    if (typeof piece === "string") return piece;
    const text = textOf(piece.library);
    let made = piece.as === "style" ? `<style>${text}</style>` : script(text);
    if (piece.as === "offer") made = script(`almanacOffered[${JSON.stringify(piece.path)}] = ${JSON.stringify(text)};`);
    for (let depth = 0; depth < piece.depth; depth += 1) made = escaped(made);
    return made;
  };

  const frames = [...document.querySelectorAll("iframe[data-frame]")];
  const fill = (frame) => {
    if (frame.hasAttribute("srcdoc")) return;
    frame.srcdoc = read(`frame-${frame.dataset.frame}`).map(markup).join("");
  };
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) fill(entry.target);
  }, { rootMargin: "1000px 0px" });
  for (const frame of frames) near.observe(frame);
  addEventListener("beforeprint", () => frames.forEach(fill));

  addEventListener("beforeprint", () => {
    for (const error of document.querySelectorAll("details.error, details.folded-outputs")) error.open = true;
  });
})();
