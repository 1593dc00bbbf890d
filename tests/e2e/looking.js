/* What a reader would see of a post: an object of functions, evaluated in the page or in one of its frames. */
({
  pause: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),

  /* Scrolls from top to end, until nothing more comes: parts of long posts, lazy images and frames. */
  async scrollThrough() {
    const page = document.documentElement;
    for (let y = 0; y < page.scrollHeight; y += innerHeight * 1.5) {
      scrollTo({ top: y, behavior: "instant" });
      await this.pause(25);
      const late = document.querySelector(".part-placeholder");
      if (late && late.getBoundingClientRect().top < innerHeight) {
        late.scrollIntoView({ behavior: "instant" });
        for (let tries = 0; late.isConnected && tries < 100; tries += 1) await this.pause(50);
      }
    }
    for (const lazy of document.querySelectorAll("main img, main iframe")) lazy.loading = "eager";
    const loading = () => [...document.querySelectorAll("main img")].some((image) => !image.complete);
    for (let tries = 0; loading() && tries < 100; tries += 1) await this.pause(50);
    for (let tries = 0; this.undrawn().length && tries < 60; tries += 1) await this.pause(50);
  },

  /* Formulas that are neither drawn nor marked as ones that can't be. */
  undrawn() {
    return [...document.querySelectorAll("main .math")].filter(
      (formula) => !formula.querySelector(".katex, .math-error"),
    );
  },

  /* The page's own faults, in words. */
  faults() {
    const article = document.querySelector("article") || document.querySelector("main");
    const found = [];
    const shown = article && (article.innerText.trim() || article.querySelector("img, iframe"));
    if (!shown) found.push("the page is empty");
    for (const image of document.querySelectorAll("main img")) {
      if (!image.naturalWidth) found.push(`broken image ${image.getAttribute("src").slice(0, 120)}`);
    }
    if (document.querySelector(".part-placeholder")) found.push("a part of the post never came");
    const [formula, ...more] = this.undrawn();
    if (formula) found.push(`${1 + more.length} formulas not drawn, the first: ${formula.textContent.slice(0, 60)}`);
    return found.concat(this.tooWide());
  },

  /* The page scrolls sideways: by how much, and what sticks out. */
  tooWide() {
    const room = document.documentElement.clientWidth;
    const width = document.documentElement.scrollWidth;
    if (width <= room) return [];
    const clips = (element) => getComputedStyle(element).overflowX !== "visible";
    const isClipped = (element) => {
      for (let above = element.parentElement; above && above !== document.body; above = above.parentElement) {
        if (clips(above)) return true;
      }
      return false;
    };
    const beyond = [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > room + 1 && !isClipped(element));
    const last = beyond[beyond.length - 1];
    const named = last ? `${last.tagName.toLowerCase()}.${last.className} "${last.textContent.trim().slice(0, 50)}"` : "?";
    return [`scrolls sideways: ${width} px wide in ${room}, by ${named}`];
  },

  /* How many things each cell shows that may be a figure, or the word in place of one. */
  figures() {
    const counts = {};
    const kinds = ["img", "iframe", "video", ".math", ".notice"].map((kind) => `.outputs ${kind}`).join(", ");
    for (const cell of document.querySelectorAll(".cell[id]")) {
      counts[cell.id] = cell.querySelectorAll(kinds).length;
    }
    return counts;
  },

  /* Elements below `root`, those in shadow trees (Bokeh draws in them) too. */
  deep(selector, root = document) {
    const inside = [...root.querySelectorAll("*")].filter((element) => element.shadowRoot);
    return [...root.querySelectorAll(selector), ...inside.flatMap((element) => this.deep(selector, element.shadowRoot))];
  },

  isPainted(canvas) {
    if (!canvas.width || !canvas.height) return false;
    try {
      const copy = document.createElement("canvas");
      copy.width = 64;
      copy.height = 64;
      const pen = copy.getContext("2d");
      pen.drawImage(canvas, 0, 0, 64, 64);
      const pixels = new Uint32Array(pen.getImageData(0, 0, 64, 64).data.buffer);
      return pixels.some((pixel) => pixel !== pixels[0]);
    } catch {
      return true; /* a picture from elsewhere taints it: something was drawn */
    }
  },

  /* What an output document has drawn by now. `said` are its own words on why it can't. */
  marks() {
    const area = (element) => {
      const box = element.getBoundingClientRect();
      return box.width + box.height > 0;
    };
    const shapes = "path, rect, circle, ellipse, line, polyline, polygon, text, image, use";
    const svg = this.deep("svg").flatMap((drawing) => [...drawing.querySelectorAll(shapes)]).filter(area);
    const images = this.deep("img").filter(area);
    const said = this.deep(".almanac-failed").map((note) => note.textContent.trim());
    return {
      shapes: svg.length,
      canvases: this.deep("canvas").filter(area).length,
      painted: this.deep("canvas").filter((canvas) => area(canvas) && this.isPainted(canvas)).length,
      images: images.filter((image) => image.naturalWidth).length,
      broken: images.filter((image) => image.complete && !image.naturalWidth).map((image) => image.src.slice(0, 100)),
      boxes: this.deep("body *").filter((element) => area(element) && !["SCRIPT", "STYLE"].includes(element.tagName)).length,
      words: document.body ? document.body.innerText.trim().length : 0,
      media: this.deep("video, audio, embed, object, input, button, select").filter(area).length,
      said,
    };
  },
})
