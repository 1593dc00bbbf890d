/* Formulas, drawn by KaTeX through the document's own methods, so that the page's policy holds.
   What it can't draw is shown as it was written, with the reason: nothing vanishes. */
"use strict";
(() => {
  const defined = document.getElementById("macros");
  const wordings = mathWords.wordings(defined ? JSON.parse(defined.textContent) : {});
  const chemistry = /\\(?:ce|pu)\s*\{/;
  const setAttribute = Element.prototype.setAttribute;

  /* KaTeX writes a few styles as attributes, which the policy refuses; the same by property is allowed. */
  const setStyle = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };

  /* KaTeX counts how often macros are expanded, not what becomes of them: a few lines can fill a browser's memory.
     So there is an end to it, and to the time that slow formulas take together: a long post has thousands of quick ones. */
  const LONGEST = 20000;
  const MOST_MADE = 20000;
  const MOST_COPIED = 300000;
  const MOST_WAITING = 10000;
  const PATIENCE = 6000;
  const USUAL = 50;
  const defines = /\\(?:[gex]?def|let|futurelet|(?:re|provide)?newcommand)(?![a-zA-Z@])/;
  let drawing = 0;

  const guarded = (source, wording) => {
    let made = 0;
    const guard = (macro) => (expander) => {
      const body = mathWords.meant(macro, expander);
      if (typeof body !== "string") return body;
      const copies = body.split("#").length - 1;
      made += body.length;
      const waiting = expander.stack.length;
      const isMuch = made > MOST_MADE || waiting > MOST_WAITING || copies * (source.length + waiting) > MOST_COPIED;
      if (isMuch) throw new katex.ParseError("its macros make too much of it");
      return body;
    };
    return Object.fromEntries(Object.entries(wordings(wording)).map(([name, macro]) => [name, guard(macro)]));
  };

  const check = (source) => {
    if (source.length > LONGEST) throw new katex.ParseError("it is too long");
    if (defines.test(source)) throw new katex.ParseError("a definition in it can't be read");
    if (drawing > PATIENCE) throw new katex.ParseError("the formulas of this page take too long");
  };

  const options = (source, isDisplay, wording) => ({
    displayMode: isDisplay,
    throwOnError: true,
    strict: "ignore",
    /* links lead to other equations, and nowhere else */
    trust: (asked) => asked.command === "\\href" && asked.url.startsWith("#eq-"),
    maxSize: 50,
    maxExpand: 1000,
    macros: guarded(source, wording),
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
    if (!element.isConnected) return false;  /* it stood in a formula that was drawn */
    const source = element.textContent.trim();
    const isDisplay = source.startsWith("\\[");
    if (element.dataset.drawn || (!isDisplay && !source.startsWith("\\("))) return false;
    element.dataset.drawn = "yes";
    element.classList.toggle("math-display", isDisplay);
    const formula = source.slice(2, -2);
    const begun = performance.now();
    try {
      check(formula);
      katex.render(formula, element, options(formula, isDisplay, Number(element.dataset.wording || 0)));
    } catch (error) {
      showError(element, formula.trim(), isDisplay, error);
    }
    drawing += Math.max(0, performance.now() - begun - USUAL);
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
