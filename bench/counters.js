// Counts what a page draws and uploads, frame by frame, without knowing the page. Runs before its scripts.
// A frame is everything between two timestamps of requestAnimationFrame; its time is that of the callbacks.
// While `count(false)`, calls to the GPU are not wrapped, but for the one that clears: time is the page's own.
(() => {
  const fresh = () => ({ cleared: 0, draws: 0, uploaded: 0, js: 0 });
  const counters = (window.__counters = { frames: [], now: fresh(), ready: null, programs: 0 });
  const prototype = WebGL2RenderingContext.prototype;

  const size = (data) => (data ? (data.byteLength ?? (data.width ? data.width * data.height * 4 : 0)) : 0);
  const originals = new Map();
  const wrappers = new Map();
  const wrap = (name, count) => {
    const original = prototype[name];
    originals.set(name, original);
    wrappers.set(name, function (...args) {
      count(args);
      return original.apply(this, args);
    });
  };
  for (const name of ["drawArrays", "drawElements", "drawRangeElements", "drawArraysInstanced", "drawElementsInstanced"])
    wrap(name, () => counters.now.draws++);
  for (const name of ["texImage2D", "texSubImage2D", "texImage3D", "texSubImage3D"]) {
    wrap(name, (args) => {
      const data = args.findLast((a) => a && typeof a === "object");
      // A rectangle out of a large array: no more than four numbers for each of its texels.
      const isPart = name === "texSubImage2D" && args.length >= 9 && ArrayBuffer.isView(data);
      const most = isPart ? args[4] * args[5] * (args[6] === 0x8227 ? 2 : 4) * data.BYTES_PER_ELEMENT : Infinity;
      counters.now.uploaded += Math.min(size(data), most);
    });
  }
  for (const name of ["bufferData", "bufferSubData"]) {
    wrap(name, (args) => {
      const data = args.find((a) => a && typeof a === "object" && "byteLength" in a);
      const part = typeof args[4] === "number" && args[4] > 0;
      counters.now.uploaded += part ? args[4] * (data?.BYTES_PER_ELEMENT ?? 1) : size(data);
    });
  }
  wrap("linkProgram", () => counters.programs++);
  counters.count = (isCounting) => {
    for (const [name, method] of isCounting ? wrappers : originals) prototype[name] = method;
  };
  counters.count(true);
  const clear = prototype.clear;
  prototype.clear = function (mask) {
    counters.now.cleared++;
    clear.call(this, mask);
  };

  const request = window.requestAnimationFrame.bind(window);
  let time = null;
  window.requestAnimationFrame = (callback) =>
    request((t) => {
      if (time !== null && time !== t) close();
      time = t;
      const start = performance.now();
      try {
        callback(t);
      } finally {
        const end = performance.now();
        counters.now.js += end - start;
        if (counters.ready === null && counters.now.draws > 0 && document.querySelector("canvas") && window.cutaway?.page?.values)
          counters.ready = end;
      }
    });
  function close() {
    counters.frames.push(counters.now);
    counters.now = fresh();
  }
  counters.take = () => {
    if (time !== null) close();
    time = null;
    const taken = counters.frames;
    counters.frames = [];
    return taken;
  };
})();
