/* First in every frame of a post that was saved as a file (portal/taking/frames.py). The page's policy runs only
   scripts with its nonce: scripts that scripts make get it too, and what stood in onclick= and kin is attached. */
(() => {
  const { nonce } = document.currentScript;
  const offered = (window.almanacOffered = {});
  const make = Document.prototype.createElement;
  Document.prototype.createElement = function (name, ...options) {
    const element = make.call(this, name, ...options);
    if (element.localName === "script") element.nonce = nonce;
    return element;
  };

  const source = Object.getOwnPropertyDescriptor(HTMLScriptElement.prototype, "src");
  const found = (address) => {
    const path = String(address).replace(/^almanac-vendor:/, "").split("?")[0];
    const text = offered[path] ?? offered[path.replace(/\.js$/, "")];
    return text === undefined ? address : URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  };
  Object.defineProperty(HTMLScriptElement.prototype, "src", {
    ...source,
    set(address) { source.set.call(this, found(address)); },
  });

  const PREFIX = "data-almanac-on";
  const aside = (html) => String(html).replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/(\s)on(?=[a-z]{3,30}\s*=)/gi, `$1${PREFIX}`));
  for (const name of ["innerHTML", "outerHTML"]) {
    const own = Object.getOwnPropertyDescriptor(Element.prototype, name);
    Object.defineProperty(Element.prototype, name, { ...own, set(html) { own.set.call(this, aside(html)); } });
  }
  const insert = Element.prototype.insertAdjacentHTML;
  Element.prototype.insertAdjacentHTML = function (where, html) { insert.call(this, where, aside(html)); };
  const write = Document.prototype.write;
  Document.prototype.write = function (...html) {
    write.call(this, aside(html.join("")).replace(/<script(?=[\s>\/])/gi, `<script nonce="${nonce}"`));
  };
  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (!/^on[a-z]{3,30}$/i.test(name)) return setAttribute.call(this, name, value);
    setAttribute.call(this, PREFIX + String(name).slice(2).toLowerCase(), value);
    attach(this);
  };

  const attach = (element) => {
    for (const { name, value } of [...element.attributes]) {
      if (!name.startsWith(PREFIX)) continue;
      element.removeAttribute(name);
      try {
        const act = new Function("event", value);
        const target = element === document.body && /load$/.test(name) ? window : element;
        target.addEventListener(name.slice(PREFIX.length), function (event) {
          if (act.call(this, event) === false) event.preventDefault();
        });
      } catch { /* not a script: nothing would have come of it */ }
    }
  };
  const attachAll = (root) => {
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    attach(root);
    for (const element of root.querySelectorAll("*")) attach(element);
  };
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) attachAll(node);
  }).observe(document, { childList: true, subtree: true });
})();
