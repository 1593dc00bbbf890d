/* Formulas, drawn by KaTeX through the document's own methods, so that the page's policy holds. */
"use strict";
/* KaTeX writes a few styles as attributes, which the policy refuses; the same by property is allowed. */
const setAttribute = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (name, value) {
  if (name === "style") this.style.cssText = value;
  else setAttribute.call(this, name, value);
};

for (const element of document.querySelectorAll(".math")) {
  const source = element.textContent.trim();
  const isDisplay = source.startsWith("\\[");
  if (!isDisplay && !source.startsWith("\\(")) continue;
  try {
    katex.render(source.slice(2, -2), element, {
      displayMode: isDisplay,
      throwOnError: true,
      strict: "ignore",
      trust: false,
      maxSize: 50,
      maxExpand: 500,
    });
  } catch {
    /* what KaTeX can't draw stays readable as it was written */
    element.textContent = source;
  }
}

Element.prototype.setAttribute = setAttribute;
