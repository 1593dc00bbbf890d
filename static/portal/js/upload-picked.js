/* What was dropped or chosen: each file with the folder that it came in, and a word on what stays behind. */
"use strict";

const picked = (() => {
  const MOST = 300; /* each becomes a commit; for more there is git */
  const TOO_MANY = `A folder with more than ${MOST} files is for git: the space’s page has the lines for a push.`;

  const isHidden = (path) => path.split("/").some((name) => name.startsWith("."));

  const told = (files, unread) => {
    const shown = files.filter(({ file, folder }) => !folder || !isHidden(folder + file.name));
    if (shown.length > MOST) return { files: [], word: TOO_MANY };
    const words = [];
    if (shown.length < files.length) words.push("What begins with a dot stays behind.");
    if (unread.length) words.push(`Could not be read: ${unread.join(", ")}.`);
    return { files: shown, word: words.join(" ") };
  };

  const ofInput = (chosen) => told([...chosen].map((file) => {
    const path = file.webkitRelativePath || file.name;
    return { file, folder: path.slice(0, path.length - file.name.length) };
  }), []);

  const fileOf = (entry) => new Promise((done, failed) => { entry.file(done, failed); });

  /* a folder tells what is in it in portions, until one is empty */
  const inside = async (entry) => {
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const portion = await new Promise((done, failed) => { reader.readEntries(done, failed); });
      if (portion.length === 0) return found;
      found.push(...portion);
    }
  };

  const walk = async (entry, folder, files, unread) => {
    if (files.length > MOST) return;
    const path = folder + entry.name;
    try {
      if (entry.isFile) {
        files.push({ file: await fileOf(entry), folder });
      } else if (!isHidden(path)) {
        for (const each of await inside(entry)) await walk(each, `${path}/`, files, unread);
      }
    } catch {
      unread.push(path);
    }
  };

  /* all entries are asked for before the first wait, for the browser forgets them after it */
  const ofDrop = async (transfer) => {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.());
    if (!entries.length || entries.some((entry) => !entry)) return ofInput(transfer.files);
    const files = [];
    const unread = [];
    for (const entry of entries) await walk(entry, "", files, unread);
    return told(files, unread);
  };

  return { ofDrop, ofInput };
})();
