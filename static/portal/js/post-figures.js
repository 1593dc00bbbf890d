/* Figures: each has an address, and opens large, with the others before and after it. */
"use strict";
(() => {
  if (!post.article) return;
  const SMALLEST = 80;  /* pixels: icons and formulas drawn as images stay as they are */
  let viewer = null;
  let shown = null;

  const contentOf = (figure) => figure.matches("img") ? figure : figure.querySelector("img, iframe");
  const all = () => [...post.article.querySelectorAll(".figure, img.zoomable")]
    .filter((figure) => contentOf(figure) && !(figure.matches("img") && figure.closest(".figure")));
  const idOf = (figure) => figure.id || figure.closest(".cell")?.id || "";

  const captionOf = (figure) => {
    const written = figure.querySelector?.("figcaption")?.textContent.trim();
    const content = contentOf(figure);
    return written || content.alt || content.title || "Figure";
  };

  const largeOf = (figure) => {
    const content = contentOf(figure);
    const large = content.cloneNode();
    for (const name of ["id", "height", "width", "loading", "tabindex", "role", "class"]) large.removeAttribute(name);
    if (content.localName === "iframe") large.className = "large-frame";
    else {
      large.style.maxWidth = `${2 * content.naturalWidth}px`;
      large.style.maxHeight = `${2 * content.naturalHeight}px`;
      large.addEventListener("click", () => viewer.stage.classList.toggle("actual"));
    }
    return large;
  };

  const show = (figure) => {
    shown = figure;
    const figures = all();
    const at = figures.indexOf(figure);
    const image = contentOf(figure).localName === "img" ? contentOf(figure) : null;
    viewer.stage.classList.remove("actual");
    viewer.stage.replaceChildren(largeOf(figure));
    viewer.caption.textContent = captionOf(figure);
    viewer.count.textContent = `${at + 1} of ${figures.length}`;
    viewer.before.disabled = at <= 0;
    viewer.after.disabled = at >= figures.length - 1;
    viewer.link.hidden = !idOf(figure);
    viewer.download.hidden = !image;
    if (image) {
      viewer.download.href = image.currentSrc || image.src;
      viewer.download.download = `${idOf(figure) || "figure"}.${image.src.split(/[?#]/)[0].split(".").pop()}`;
    }
  };

  const step = (by) => {
    const figures = all();
    const next = figures[figures.indexOf(shown) + by];
    if (next) show(next);
  };

  const build = () => {
    const dialog = document.createElement("dialog");
    dialog.className = "viewer";
    dialog.setAttribute("aria-label", "Figure");
    const part = (name, className) => {
      const element = document.createElement(name);
      element.className = className;
      return element;
    };
    const [head, stage, caption, count, tools] = [
      part("div", "viewer-head"), part("div", "viewer-stage"), part("p", "viewer-caption"), part("span", "meta num"), part("div", "viewer-tools"),
    ];
    caption.dir = "auto";
    const before = post.button("←", "btn small", () => step(-1));
    const after = post.button("→", "btn small", () => step(1));
    const link = post.button("Copy link", "btn small", () => post.copy(post.addressOf(idOf(shown)), link));
    const close = post.button("Close", "btn small", () => dialog.close());
    before.setAttribute("aria-label", "Previous figure");
    after.setAttribute("aria-label", "Next figure");
    const download = part("a", "btn small");
    download.textContent = "Download";
    tools.append(count, before, after, link, download, close);
    head.append(caption, tools);
    dialog.append(head, stage);
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") step(-1);
      else if (event.key === "ArrowRight") step(1);
    });
    dialog.addEventListener("click", (event) => { if (event.target === dialog || event.target === stage) dialog.close(); });
    dialog.addEventListener("close", () => {
      stage.replaceChildren();  /* ends what runs in a frame */
      shown?.scrollIntoView({ behavior: "instant", block: "nearest" });
    });
    document.body.append(dialog);
    return { dialog, stage, caption, count, before, after, link, download, close };
  };

  const enlarge = (figure) => {
    viewer ??= build();
    show(figure);
    viewer.dialog.showModal();
    viewer.close.focus();
  };

  const tools = (figure) => {
    const row = document.createElement("div");
    row.className = "figure-tools";
    const large = post.button("Enlarge", "tool", () => enlarge(figure));
    large.setAttribute("aria-label", `Enlarge: ${captionOf(figure)}`);
    row.append(large);
    if (idOf(figure)) {
      const link = post.button("Link", "tool", () => post.copy(post.addressOf(idOf(figure)), link));
      link.setAttribute("aria-label", "Copy the address of this figure");
      row.append(link);
    }
    return row;
  };

  /* a picture in the text: large enough to be worth it, and no link already */
  const zoomable = (image) => {
    if (image.closest("a, summary, .figure, table") || image.naturalWidth < SMALLEST || image.naturalHeight < SMALLEST) return;
    image.classList.add("zoomable");
    image.tabIndex = 0;
    image.setAttribute("role", "button");
    image.alt ||= "Picture";
    image.setAttribute("aria-label", `Enlarge: ${image.alt}`);
  };

  post.whenShown((element) => {
    for (const figure of element.querySelectorAll(".figure:not(:has(.figure-tools))")) {
      if (contentOf(figure)) figure.append(tools(figure));
    }
    for (const image of element.querySelectorAll("img")) {
      if (image.complete) zoomable(image);
      else image.addEventListener("load", () => zoomable(image), { once: true });
    }
  });

  post.article.addEventListener("click", (event) => {
    const image = event.target.closest("img.zoomable") ?? event.target.closest(".figure .plate img")?.closest(".figure");
    if (image && !event.target.closest("a")) enlarge(image);
  });
  post.article.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === " ") && event.target.matches("img.zoomable")) {
      event.preventDefault();
      enlarge(event.target);
    }
  });

  post.enlargeInView = () => {
    const middle = innerHeight / 2;
    const near = (figure) => {
      const box = figure.getBoundingClientRect();
      return box.bottom < 60 || box.top > innerHeight ? Infinity : Math.abs((box.top + box.bottom) / 2 - middle);
    };
    const best = all().reduce((best, figure) => near(figure) < (best ? near(best) : Infinity) ? figure : best, null);
    if (best) enlarge(best);
  };
})();
