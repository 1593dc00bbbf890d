(function () {
  "use strict";
  var figure = JSON.parse(document.getElementById("figure").textContent);
  var box = document.getElementById("box");
  var layout = figure.layout || {};
  delete layout.width;
  layout.autosize = true;
  var config = Object.assign({ responsive: true, displaylogo: false }, figure.config || {});
  Plotly.newPlot(box, figure.data || [], layout, config).then(function () {
    if (figure.frames) Plotly.addFrames(box, figure.frames);
  });
})();
