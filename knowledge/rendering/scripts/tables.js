// The tables of an output document. It may neither copy nor save, so the page around is told how large they are, and
// given their words when a reader asks. The heads of those taller than the frame stay in sight.
(function () {
  "use strict";
  var MOST_TABLES = 50;
  var MOST_CELLS = 1000000;
  var MOST_TEXT = 20000;
  var LONG = 40;
  var UNSEEN = /^(script|style|template|noscript|option|svg)$/;
  var BLOCK = /^(address|blockquote|dd|div|dl|dt|figure|h[1-6]|hr|li|ol|p|pre|summary|ul)$/;
  var live = document.getElementsByTagName("table");
  var NOTHING = "[[],false]";
  var told = NOTHING;
  var isWaiting = false;

  // Not those that only lay things out, nor the half of a table that a library splits in two.
  function isData(table) {
    return table.rows.length > 1 && table.getClientRects().length > 0 && table.getAttribute("role") !== "presentation"
      && !table.getElementsByTagName("table").length;
  }
  function tables() {
    return Array.prototype.filter.call(live, isData).slice(0, MOST_TABLES);
  }
  function values(row) {
    return row.getElementsByTagName("td").length;
  }
  function inBodies(table) {
    return Array.prototype.reduce.call(table.tBodies, function (rows, body) {
      return rows.concat(Array.prototype.slice.call(body.rows));
    }, []);
  }

  // DataTables keeps but one page of a table in the document. Its jQuery calls what is named after an event.
  var libraries = new WeakMap();
  HTMLTableElement.prototype.oninit = function (event, settings) {
    if (settings && settings.oInstance) libraries.set(this, settings.oInstance.api());
  };
  var AS_SHOWN = { search: "applied", order: "applied" };
  function paged(table) {
    try {
      return libraries.has(table) ? libraries.get(table).rows(AS_SHOWN).indexes().toArray() : null;
    } catch (_) {
      return null;
    }
  }
  function inPages(table) {
    var library = libraries.get(table);
    var columns = library.columns(":visible").indexes().toArray();
    return paged(table).slice(0, MOST_CELLS / Math.max(1, columns.length)).map(function (row) {
      return columns.map(function (column) {
        return [words(library.cell(row, column).render("display")), 1, 1];
      });
    });
  }
  function words(html) {
    var text = html === null || html === undefined ? "" : String(html).slice(0, MOST_TEXT);
    return /[<&]/.test(text) ? seen(new DOMParser().parseFromString(text, "text/html").body) : text;
  }

  function seen(element) {
    var text = "";
    for (var node = element.firstChild; node && text.length < MOST_TEXT; node = node.nextSibling) {
      var name = node.localName;
      if (node.nodeType === 3) text += node.data.replace(/\s+/g, " ");
      else if (node.nodeType !== 1 || UNSEEN.test(name) || node.hidden) continue;
      else if (name === "br") text += "\n";
      else if (name === "img") text += node.alt;
      else text += BLOCK.test(name) ? "\n" + seen(node) + "\n" : seen(node);
    }
    return text.slice(0, MOST_TEXT);
  }
  function cells(table) {
    if (!paged(table)) return written(table.rows);
    return written(table.tHead ? table.tHead.rows : []).concat(inPages(table));
  }
  function written(rows) {
    var room = MOST_CELLS;
    return Array.prototype.map.call(rows, function (row) {
      room -= row.cells.length;
      if (room < 0) return [];
      var group = row.parentNode;
      var isNote = row.cells.length === 1 && !(row.cells[0].localName === "th" && group.localName === "thead");
      var left = group.rows.length - row.sectionRowIndex;
      return Array.prototype.map.call(row.cells, function (cell) {
        return [seen(cell), Math.min(cell.rowSpan, left), isNote ? 1 : cell.colSpan];
      });
    });
  }
  addEventListener("message", function (event) {
    if (event.source !== parent || !event.data) return;
    if (event.data.almanac === "how tall") {
      told = NOTHING;
      soon();
    }
    if (event.data.almanac !== "cells" || !event.ports[0]) return;
    var table = tables()[event.data.table];
    event.ports[0].postMessage(table ? JSON.stringify(cells(table)) : "");
  });

  function sizeOf(table) {
    var rows = paged(table) || inBodies(table).filter(values);
    var first = Array.prototype.slice.call(table.rows, 0, 20);
    return [rows.length, Math.max.apply(null, first.map(values))];
  }
  function isAlone(table) {
    return document.body.scrollHeight - table.getBoundingClientRect().height < 160;
  }

  // Nothing is touched that fits, or that its author placed; what it stands on is what it stood on before.
  function ground(element) {
    for (var at = element; at; at = at.parentElement) {
      var color = getComputedStyle(at).backgroundColor;
      if (color !== "transparent" && color !== "rgba(0, 0, 0, 0)") return color;
    }
    return "#fff";
  }
  function keepHead(table) {
    var head = table.tHead;
    if (!head || table.offsetHeight <= innerHeight || head.offsetHeight > innerHeight / 2) return;
    if (getComputedStyle(head).position !== "static") return;
    var cells = head.querySelectorAll("th, td");
    for (var i = 0; i < cells.length && i < 2000; i++) {
      if (getComputedStyle(cells[i]).position !== "static") return;
    }
    head.style.position = "sticky";
    head.style.top = "0";
    head.style.zIndex = "2";
    head.style.backgroundColor = ground(head);
    head.style.boxShadow = "0 1px 0 #c9c4b8";
  }

  function look() {
    isWaiting = false;
    var found = tables();
    found.forEach(keepHead);
    var sizes = found.map(sizeOf);
    var alone = found.length === 1 && sizes[0][0] > LONG && isAlone(found[0]);
    var said = JSON.stringify([sizes, alone]);
    if (said === told) return;
    told = said;
    parent.postMessage({ almanac: "tables", tables: sizes, alone: alone }, "*");
  }
  function soon() {
    if (isWaiting || (!live.length && told === NOTHING)) return;
    isWaiting = true;
    setTimeout(look, 300);
  }
  addEventListener("load", soon);
  addEventListener("resize", soon);
  addEventListener("DOMContentLoaded", function () {
    soon();
    new ResizeObserver(soon).observe(document.body);
    new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
  });
})();
