/* Formulas, drawn by KaTeX through the document's own methods, so that the page's policy holds.
   What it can't draw is shown as it was written, with the reason: nothing vanishes. */
"use strict";
(() => {
  /* what MathJax knows and KaTeX doesn't, and looks nearly the same */
  const standIns = { "\\mbox": "\\text{#1}", "\\textsc": "\\text{#1}", "\\mathds": "\\mathbb{#1}", "\\bbox": "#1" };
  const defined = document.getElementById("macros");
  const macros = { ...standIns, ...(defined ? JSON.parse(defined.textContent) : {}) };
  const chemistry = /\\(?:ce|pu)\s*\{/;
  const setAttribute = Element.prototype.setAttribute;

  /* KaTeX writes a few styles as attributes, which the policy refuses; the same by property is allowed. */
  const setStyle = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };

  const options = (isDisplay) => ({
    displayMode: isDisplay,
    throwOnError: true,
    strict: "ignore",
    /* links lead to other equations, and nowhere else */
    trust: (asked) => asked.command === "\\href" && asked.url.startsWith("#eq-"),
    maxSize: 50,
    maxExpand: 1000,
    macros: { ...macros },
  });

  const showError = (element, source, isDisplay, error) => {
    const code = document.createElement("code");
    code.textContent = source;
    const why = document.createElement("span");
    why.className = "math-why";
    const said = String(error && error.message || error).replace(/^KaTeX parse error:\s*/, "").replace(/ at position \d+:[^]*$/, "");
    why.textContent = `This formula can't be drawn: ${said}`;
    const box = document.createElement(isDisplay && element.localName === "div" ? "div" : "span");
    box.className = "math-error";
    box.append(code, " ", why);
    element.replaceChildren(box);
  };

  const draw = (element) => {
    const source = element.textContent.trim();
    const isDisplay = source.startsWith("\\[");
    if (element.dataset.drawn || (!isDisplay && !source.startsWith("\\("))) return false;
    element.dataset.drawn = "yes";
    element.classList.toggle("math-display", isDisplay);
    try {
      katex.render(source.slice(2, -2), element, options(isDisplay));
    } catch (error) {
      showError(element, source.slice(2, -2).trim(), isDisplay, error);
    }
    return true;
  };

  /* what is wider than the text scrolls in a box of its own, by keyboard too */
  const fit = (elements) => {
    const wide = elements.filter((element) => {
      const room = element.classList.contains("math-display") ? element : element.parentElement;
      return element.getBoundingClientRect().width > room.clientWidth + 1 || element.scrollWidth > room.clientWidth + 1;
    });
    for (const element of wide) {
      element.classList.add("math-wide");
      element.tabIndex = 0;
    }
  };

  const drawAll = (root) => {
    Element.prototype.setAttribute = setStyle;
    try {
      fit([...root.querySelectorAll(".math")].filter(draw));
    } finally {
      Element.prototype.setAttribute = setAttribute;
    }
  };

  /* the rules of chemistry are loaded by the few pages that need them */
  let rules = null;
  const loaded = () => {
    const katexScript = document.querySelector('script[src*="katex.min.js"]');
    if (!katexScript) return Promise.resolve();
    rules ??= new Promise((done) => {
      const script = document.createElement("script");
      script.src = katexScript.src.replace("katex.min.js", "mhchem.min.js");
      script.onload = script.onerror = done;
      document.head.append(script);
    });
    return rules;
  };

  const show = (root) => {
    const needsRules = [...root.querySelectorAll(".math")].some((element) => chemistry.test(element.textContent));
    if (needsRules) loaded().then(() => drawAll(root));
    else drawAll(root);
  };

  show(document);
  document.addEventListener("almanac:part", (event) => show(event.detail));
})();
