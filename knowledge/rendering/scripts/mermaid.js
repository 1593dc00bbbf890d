(function () {
  "use strict";
  var source = JSON.parse(document.getElementById("source").textContent);
  mermaid.initialize({ startOnLoad: false, securityLevel: "strict", theme: "neutral", suppressErrorRendering: true });
  mermaid.render("diagram", source).then(
    function (drawn) {
      document.getElementById("box").innerHTML = drawn.svg;
    },
    function (error) {
      var note = document.createElement("p");
      note.className = "almanac-failed";
      note.textContent = "This diagram could not be drawn: " + error.message;
      var plain = document.createElement("pre");
      plain.textContent = source;
      document.getElementById("box").append(note, plain);
    }
  );
})();
