/* What KaTeX doesn't know: authors' macros with all that LaTeX lets them say, and words of MathJax and its packages.
   A macro is the text that stands for it (`#1` its first argument), or a function that reads on and returns that text. */
"use strict";
const mathWords = (() => {
  const token = (text) => ({ text });
  const opens = (expander, sign) => {
    expander.consumeSpaces();
    return expander.future().text === sign;
  };

  /* puts tokens (the last one first, as KaTeX keeps them) back as one argument */
  const giveBack = (expander, tokens) => {
    expander.pushToken(token("}"));
    expander.pushTokens(tokens);
    expander.pushToken(token("{"));
  };
  const upTo = (expander, sign) => expander.consumeArg([sign]).tokens;
  const words = (tokens) => tokens.map((one) => one.text).reverse().join("").trim();

  /* what stands in brackets, or null */
  const optional = (expander) => {
    if (!opens(expander, "[")) return null;
    expander.popToken();
    return upTo(expander, "]");
  };
  const argument = (expander) => words(expander.consumeArg().tokens);

  /* a first argument that may be left out, and is `otherwise` then */
  const withDefault = (body, otherwise) => (expander) => {
    const given = optional(expander);
    if (given === null) {
      return body.replace(/(\\[a-zA-Z@]+)?#(\d)/g, (_, word = "", n) => word + (n === "1" ? `${word && " "}${otherwise}` : `#${n - 1}`));
    }
    giveBack(expander, given);
    return body;
  };

  const meant = (macro, expander) => (typeof macro === "function" ? macro(expander) : macro);

  const without = (body) => (expander) => {
    optional(expander);
    return body;
  };

  /* one body for as many arguments as follow */
  const byNumber = (...bodies) => (expander) => {
    const read = [];
    while (read.length < bodies.length && (!read.length || opens(expander, "{"))) read.push(expander.consumeArg().tokens);
    for (const tokens of read.slice().reverse()) giveBack(expander, tokens);
    return bodies[read.length - 1];
  };

  /* d f / d x, with an order in brackets */
  const derivative = (sign) => (expander) => {
    const order = optional(expander);
    const n = order === null ? "" : `^{${words(order)}}`;
    return byNumber(`\\frac{${sign}${n}}{${sign} {#1}${n}}`, `\\frac{${sign}${n} #1}{${sign} {#2}${n}}`,
      `\\frac{${sign}^{2} #1}{${sign} {#2}\\,${sign} {#3}}`)(expander);
  };

  const HEX = (parts, most) => `#${parts.map((part) => Math.round(255 * Math.min(1, part / most)).toString(16).padStart(2, "0")).join("")}`;
  const MODELS = {
    rgb: (said) => HEX(said.split(",").map(Number), 1),
    RGB: (said) => HEX(said.split(",").map(Number), 255),
    HTML: (said) => `#${said}`,
    gray: (said) => HEX([said, said, said].map(Number), 1),
  };
  const colour = (expander) => {
    const model = optional(expander);
    const said = argument(expander).replace(/!.*/, "");
    const made = model === null ? said : MODELS[words(model)]?.(said);
    return /^(?:#[0-9a-f]{3,8}|[a-z]+)$/i.test(made || "") ? made : "black";
  };
  /* what KaTeX itself calls so, whatever the author does */
  const own = (name) => ({ tokens: [{ text: name, noexpand: true }], numArgs: 0 });
  const knows = {};
  const isKnown = (name) => {
    const asked = () => {
      try { katex.__parse(name); } catch (error) { return !/Undefined control sequence/.test(error.message); }
      return true;
    };
    return (knows[name] ??= asked());
  };
  const meansWhat = (name) => (expander) => {
    if (!name.startsWith("\\") || !isKnown(name)) return name;
    const builtIn = expander.macros.builtins?.[name];
    return typeof builtIn === "function" ? builtIn(expander) : builtIn ?? own(name);
  };

  const ownColour = (expander, name, said) => {
    giveBack(expander, [...said].reverse().map(token));
    return own(name);
  };

  const ENCLOSED = {
    box: "\\boxed{#1}", roundedbox: "\\boxed{#1}", circle: "\\boxed{#1}", top: "\\overline{#1}", bottom: "\\underline{#1}",
    left: "\\left|#1\\right.", right: "\\left.#1\\right|", updiagonalstrike: "\\cancel{#1}", downdiagonalstrike: "\\bcancel{#1}",
    horizontalstrike: "\\sout{#1}", longdiv: "\\left.\\overline{\\smash{)}#1}\\right.", radical: "\\sqrt{#1}", actuarial: "\\overline{\\left.#1\\right|}",
    phasorangle: "\\phase{#1}",
  };

  const standIns = {
    "\\mbox": "\\text{#1}", "\\textsc": "\\text{#1}", "\\mathds": "\\mathbb{#1}", "\\mit": "\\mathit", "\\scr": "\\cal",
    "\\class": "\\@secondoftwo", "\\cssId": "\\@secondoftwo", "\\style": "\\@secondoftwo", "\\Tiny": "\\tiny",
    "\\hfill": "\\quad", "\\hfil": "\\quad", "\\vspace": "\\@gobble{#1}", "\\mspace": "\\mskip{#1}",
    "\\nicefrac": "{}^{#1}\\!/{}_{#2}", "\\sfrac": "{}^{#1}\\!/{}_{#2}", "\\overparen": "\\overgroup{#1}", "\\wideparen": "\\overgroup{#1}",
    "\\underparen": "\\undergroup{#1}", "\\sideset": "\\mathop{\\vphantom{#3}#1{#3}#2}", "\\Rule": "\\rule[-#3]{#1}{#2}",
    "\\matrix": "\\begin{matrix}#1\\end{matrix}", "\\pmatrix": "\\begin{pmatrix}#1\\end{pmatrix}", "\\cases": "\\begin{cases}#1\\end{cases}",
    "\\eqalign": "\\begin{aligned}#1\\end{aligned}", "\\displaylines": "\\begin{gathered}#1\\end{gathered}",
    "\\bbox": (expander) => (/border/.test(words(optional(expander) || [])) ? "\\boxed{#1}" : "{#1}"),
    "\\enclose": (expander) => {
      const notation = argument(expander).split(/[\s,]+/)[0];
      return without(ENCLOSED[notation] || "{#1}")(expander);
    },
    "\\unicode": (expander) => {
      optional(expander);
      const said = argument(expander);
      const code = /^x/i.test(said) ? parseInt(said.slice(1), 16) : parseInt(said, 10);
      return code >= 160 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? `\\text{${String.fromCodePoint(code)}}` : "";
    },
    "\\buildrel": (expander) => {
      giveBack(expander, upTo(expander, "\\over"));
      return "\\mathrel{\\overset{#1}{#2}}";
    },
    "\\root": (expander) => {
      giveBack(expander, upTo(expander, "\\of"));
      return "\\sqrt[#1]{#2}";
    },
    /* MathJax's colours what follows in braces; LaTeX's all the rest of the group */
    "\\color": (expander) => {
      const said = colour(expander);
      return ownColour(expander, opens(expander, "{") ? "\\textcolor" : "\\color", said);
    },
    "\\textcolor": (expander) => ownColour(expander, "\\textcolor", colour(expander)),

    "\\qty": (expander) => (opens(expander, "{") ? "\\left\\{#1\\right\\}" : ""),
    "\\dd": (expander) => {
      const order = optional(expander);
      return order === null ? "\\mathrm{d}" : `\\mathrm{d}^{${words(order)}}`;
    },
    "\\grad": "\\nabla", "\\curl": "\\nabla\\times", "\\laplacian": "\\nabla^{2}",
    "\\Tr": "\\operatorname{Tr}", "\\tr": "\\operatorname{tr}", "\\rank": "\\operatorname{rank}",
  };

  /* of the packages `physics` and `braket`. Authors call things of their own so too, and forget to define them:
     without its braces it is none of these. */
  const outer = byNumber("|{#1}\\rangle\\langle{#1}|", "|{#1}\\rangle\\langle{#2}|");
  const expected = byNumber("\\langle{#1}\\rangle", "\\langle{#2}|{#1}|{#2}\\rangle");
  const inner = byNumber("\\langle{#1}|{#1}\\rangle", "\\langle{#1}|{#2}\\rangle");
  const inBraces = {
    "\\dv": derivative("\\mathrm{d}"), "\\pdv": derivative("\\partial"), "\\fdv": derivative("\\delta"),
    "\\abs": "\\left\\lvert #1\\right\\rvert", "\\norm": "\\left\\lVert #1\\right\\rVert", "\\order": "\\mathcal{O}\\left(#1\\right)",
    "\\eval": "\\left.#1\\right|", "\\comm": "\\left[#1,#2\\right]", "\\commutator": "\\left[#1,#2\\right]",
    "\\acomm": "\\left\\{#1,#2\\right\\}", "\\anticommutator": "\\left\\{#1,#2\\right\\}",
    "\\braket": byNumber("\\mathinner{\\langle{#1}\\rangle}", "\\langle{#1}|{#2}\\rangle"),
    "\\ip": inner, "\\innerproduct": inner, "\\ketbra": outer, "\\dyad": outer, "\\ev": expected, "\\expval": expected,
    "\\mel": "\\langle{#1}|{#2}|{#3}\\rangle", "\\matrixel": "\\langle{#1}|{#2}|{#3}\\rangle",
    "\\vb": "\\mathbf{#1}", "\\va": "\\vec{\\mathbf{#1}}", "\\vu": "\\hat{\\mathbf{#1}}",
  };
  for (const [name, macro] of Object.entries(inBraces)) {
    standIns[name] = (expander) => {
      if (!opens(expander, "{") && !opens(expander, "[")) throw new katex.ParseError(`Undefined control sequence: ${name}`);
      return meant(macro, expander);
    };
  }

  /* what each name means after so many changes; one that comes later holds before it too, unless KaTeX knows the name */
  const WRITTEN = /^(?:(\d+) )?(\\(?:[a-zA-Z@]+|[^]))(?:\[([^]*)\])?$/;
  const read = (body, otherwise) => {
    if (otherwise !== undefined) return withDefault(body, otherwise);
    return body.startsWith("\\let") && /^\\let(?![a-zA-Z@])/.test(body) ? meansWhat(body.slice(4)) : body;
  };
  const wordings = (written) => {
    const all = Object.entries(written).map(([key, body]) => [WRITTEN.exec(key), body]).filter(([found]) => found)
      .map(([[, change, name, otherwise], body]) => ({ change: Number(change || 0), name, macro: read(body, otherwise) }))
      .sort((one, other) => one.change - other.change);
    const kept = {};
    return (change) => {
      if (kept[change]) return kept[change];
      const meant = {};
      for (const one of [...all].reverse()) if (one.change > change && !isKnown(one.name)) meant[one.name] = one.macro;
      for (const one of all) if (one.change <= change) meant[one.name] = one.macro;
      return (kept[change] = { ...standIns, ...meant });
    };
  };

  return { wordings, meant };
})();
