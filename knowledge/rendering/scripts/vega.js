(function () {
  "use strict";
  var box = document.getElementById("box");
  var spec = JSON.parse(document.getElementById("spec").textContent);
  var options = { mode: box.dataset.mode, actions: false, renderer: "svg" };
  vegaEmbed("#box", spec, options).catch(function (error) {
    var note = document.createElement("p");
    note.className = "almanac-failed";
    note.textContent = "This chart could not be drawn: " + error.message;
    document.body.appendChild(note);
    var plain = document.getElementById("almanac-plain");
    if (plain) plain.hidden = false;
  });
})();
