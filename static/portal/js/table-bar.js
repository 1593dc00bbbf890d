/* The bar under tables: how large they are, and buttons that copy them and save them as CSV. */
"use strict";
const tableBar = (() => {
  const button = (text, title, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tool";
    button.textContent = text;
    button.title = title;
    button.addEventListener("click", async () => {
      const said = await act().catch((error) => error.message);
      button.textContent = said;
      if (said !== text) setTimeout(() => { button.textContent = text; }, 2400);
    });
    return button;
  };

  /* the clipboard is asked at once, while the click still counts, and gets the text when it is there */
  const toClipboard = (text) => {
    const plain = text.then((text) => new Blob([text], { type: "text/plain" }));
    return navigator.clipboard.write([new ClipboardItem({ "text/plain": plain })]);
  };
  /* plain http has no clipboard, but a selection to copy from */
  const bySelection = (text) => {
    const box = document.createElement("textarea");
    box.value = text;
    Object.assign(box.style, { position: "fixed", top: "0", opacity: "0" });
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    if (!done) throw new Error("Not allowed here");
  };
  const copied = async (text) => {
    const asked = navigator.clipboard && window.ClipboardItem ? toClipboard(text).then(() => true, () => false) : false;
    const words = await text;
    if (!await asked) bySelection(words);
    return "Copied";
  };

  const saved = async (text, name) => {
    const link = document.createElement("a");
    /* with a byte order mark: without it, Excel takes UTF-8 for something else */
    link.href = URL.createObjectURL(new Blob(["\ufeff", await text], { type: "text/csv" }));
    link.download = `${slug()}-${name}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    return "CSV";
  };
  const slug = () => {
    const title = document.querySelector(".title")?.textContent ?? document.title;
    return title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "post";
  };

  const chosenOf = (sizes) => {
    const choice = document.createElement(sizes.length > 1 ? "select" : "span");
    choice.title = "rows × columns";
    if (sizes.length === 1) choice.textContent = sizes[0];
    else {
      choice.setAttribute("aria-label", "Which table");
      choice.append(...sizes.map((size, at) => new Option(`Table ${at + 1}: ${size}`, at)));
    }
    return choice;
  };

  return {
    count: (rows, columns) => `${rows.toLocaleString("en")} × ${columns.toLocaleString("en")}`,

    /* for tables of these `sizes`, in words; `grid(at)` promises the words of one, and `name(at)` ends its file's name */
    make(sizes, grid, name) {
      const bar = document.createElement("div");
      bar.className = "table-bar";
      const choice = chosenOf(sizes);
      const at = () => Number(choice.value ?? 0);
      bar.append(
        choice,
        button("Copy", "Copy the table, for a spreadsheet", () => copied(grid(at()).then(tableText.tsv))),
        button("CSV", "Save the table as comma-separated text", () => saved(grid(at()).then(tableText.csv), name(at()))),
      );
      return bar;
    },
  };
})();
