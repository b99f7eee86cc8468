"use strict";
(() => {
  const island = document.getElementById("charts");
  if (!island) return;
  let charts = JSON.parse(island.textContent);
  const DASHES = [[], [6, 4], [2, 3], [10, 4, 2, 4]];
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = (series) => css(`--s${((series.colour - 1) % 8) + 1}`);

  // Three significant digits: enough to read, and the table behind each chart has every digit.
  const short = (value) => {
    if (value === 0) return "0";
    const size = Math.abs(value);
    if (size >= 1e6) return `${(value / 1e6).toPrecision(3)}M`;
    if (size >= 1e3) return Math.round(value).toLocaleString("en").replaceAll(",", "\u202f");
    return String(Number(value.toPrecision(3)));
  };
  const latency = (us) => us < 1e3 ? `${short(us)} µs` : us < 1e6 ? `${short(us / 1e3)} ms` : `${short(us / 1e6)} s`;
  const clock = (s) => {
    if (s < 60) return `${short(s)} s`;
    const pad = (part) => String(Math.floor(part)).padStart(2, "0");
    return s < 3600 ? `${Math.floor(s / 60)}:${pad(s % 60)}` : `${Math.floor(s / 3600)}:${pad((s % 3600) / 60)}:${pad(s % 60)}`;
  };
  // A quantile's place on the axis counts its nines: 90% at 1, 99% at 2, 99.9% at 3.
  const quantile = (nines) => `${Number((100 - 100 * 10 ** -nines).toFixed(Math.max(0, Math.ceil(nines) - 1)))}%`;
  const SHOW = {
    us: latency, s: clock, quantile,
    per_s: (v) => `${short(v)}/s`, count: short, share: (v) => `${short(v * 100)}%`,
  };
  const show = (unit, value) => value === null || value === undefined ? "–" : SHOW[unit](value);

  const axis = (spec, extra) => ({
    stroke: () => css("--axis"), font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif",
    grid: { stroke: () => css("--grid"), width: 1 }, ticks: { stroke: () => css("--grid"), width: 1, size: 5 },
    ...(spec.label && { label: spec.label, labelSize: 20 }), ...extra,
  });
  const xAxis = (spec) => axis(spec, {
    values: (_, splits) => splits.map((v) => (v === null ? "" : show(spec.unit, v))),
    space: 60, size: 32,
    ...(spec.unit === "s" && { incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400] }),
    ...(spec.unit === "quantile" && {
      splits: (_, i, low, high) => {
        const splits = [0, Math.log10(2), 1, 2, 3, 4, 5, 6].filter((v) => v >= low && v <= high + 1e-9);
        return splits.length > 1 ? splits : [low, high];
      },
      filter: (_, splits) => splits,
    }),
  });
  // Where nothing was measured, or nothing but zero, an axis of figures would say something that nobody saw.
  const isEmpty = (chart) => !chart.heat && chart.series.every((spec) => spec.values.every((v) => !v));
  const yAxis = (spec, chart) => axis(spec, {
    size: 68,
    values: (_, splits) => splits.map((v) => (v === null || (isEmpty(chart) && v !== 0) ? "" : show(spec.unit, v))),
    ...(spec.log && { splits: (_, i, low, high) => decades(low, high), filter: (_, splits) => splits }),
  });


  // Whole decades; where there are few, a line at the double and at the half as well.
  const decades = (low, high) => {
    const first = Math.floor(Math.log10(low) + 1e-9), last = Math.ceil(Math.log10(high) - 1e-9), splits = [];
    for (let decade = first; decade <= last; decade += 1) {
      for (const part of last - first < 3 ? [1, 2, 5] : [1]) splits.push(part * 10 ** decade);
    }
    return splits.filter((v) => v >= low * 0.999 && v <= high * 1.001);
  };

  // Bands and limits lie under the lines; their words are read out under the chart, so that no label hides a line.
  const underlay = (chart) => (u) => {
    const { ctx, bbox } = u, ratio = devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const band of chart.bands) {
      const from = u.valToPos(band.from, "x", true), to = u.valToPos(band.to, "x", true);
      ctx.globalAlpha = band.tone === "quiet" ? 0.35 : 0.9;
      ctx.fillStyle = css(`--${band.tone}-on`);
      ctx.fillRect(from, bbox.top, Math.max(to - from, ratio), bbox.height);
      ctx.globalAlpha = 1;
      ctx.fillStyle = css(`--${band.tone}`);
      ctx.fillRect(from, bbox.top, Math.max(to - from, ratio), 3 * ratio);
    }
    ctx.restore();
  };
  const overlay = (chart) => (u) => {
    const { ctx, bbox } = u, ratio = devicePixelRatio;
    ctx.save();
    ctx.lineWidth = ratio;
    ctx.font = `${11 * ratio}px system-ui, sans-serif`;
    for (const [place, mark] of chart.marks.entries()) {
      const x = u.valToPos(mark.x, "x", true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.strokeStyle = ctx.fillStyle = css("--mark");
      ctx.setLineDash([2 * ratio, 3 * ratio]);
      line(ctx, x, bbox.top, x, bbox.top + bbox.height);
      if (mark.label) {
        ctx.textAlign = x > bbox.left + bbox.width * 0.85 ? "right" : "left";
        write(ctx, mark.label, x + (ctx.textAlign === "left" ? 4 : -4) * ratio, bbox.top + (14 + 14 * (place % 2)) * ratio);
      }
    }
    if (isEmpty(chart)) {
      const zero = chart.series.some((spec) => spec.values.includes(0));
      ctx.fillStyle = css("--axis");
      ctx.textAlign = "center";
      write(ctx, zero ? "none" : "nothing was measured", bbox.left + bbox.width / 2, bbox.top + bbox.height / 2);
    }
    for (const limit of chart.limits) {
      const y = u.valToPos(limit.y, "y", true);
      if (!(y >= bbox.top && y <= bbox.top + bbox.height)) continue;
      ctx.strokeStyle = ctx.fillStyle = css("--bad");
      ctx.setLineDash([8 * ratio, 4 * ratio]);
      line(ctx, bbox.left, y, bbox.left + bbox.width, y);
      ctx.textAlign = "right";
      write(ctx, limit.label, bbox.left + bbox.width - 6 * ratio, y - 5 * ratio);
    }
    ctx.restore();
  };
  const line = (ctx, x0, y0, x1, y1) => {
    ctx.beginPath();
    ctx.moveTo(x0, y0);
    ctx.lineTo(x1, y1);
    ctx.stroke();
    ctx.setLineDash([]);
  };

  // A rim in the colour of the paper keeps words readable over lines.
  const write = (ctx, words, x, y) => {
    ctx.strokeStyle = css("--paper");
    ctx.lineWidth = 4 * devicePixelRatio;
    ctx.lineJoin = "round";
    ctx.strokeText(words, x, y);
    ctx.lineWidth = devicePixelRatio;
    ctx.fillText(words, x, y);
  };

  // Cividis: lightness alone tells the values apart, for every kind of colour vision.
  const CIVIDIS = [[0, 32, 77], [40, 60, 110], [87, 93, 109], [124, 123, 120], [166, 157, 117], [211, 193, 100], [255, 234, 70]];
  const shade = (share) => {
    const at = Math.min(share, 0.999999) * (CIVIDIS.length - 1), low = Math.floor(at), part = at - low;
    const mix = (channel) => Math.round(CIVIDIS[low][channel] * (1 - part) + CIVIDIS[low + 1][channel] * part);
    return `rgb(${mix(0)},${mix(1)},${mix(2)})`;
  };
  const heatShare = (heat, count) => Math.log1p(count) / Math.log1p(heat.largest);
  const cells = (u, heat) => {
    const edge = (bin) => u.valToPos(10 ** (bin / heat.bins_per_decade), "y", true);
    u.ctx.save();
    u.ctx.beginPath();
    u.ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    u.ctx.clip();
    for (const [column, first, ...counts] of heat.columns) {
      const left = u.valToPos(heat.starts[column], "x", true), right = u.valToPos(heat.ends[column], "x", true);
      counts.forEach((count, place) => {
        if (!count) return;
        const top = edge(first + place + 1), bottom = edge(first + place);
        u.ctx.fillStyle = shade(heatShare(heat, count));
        u.ctx.fillRect(left, top, Math.max(right - left, 1) + 0.5, bottom - top + 0.5);
      });
    }
    u.ctx.restore();
  };
  const heatAt = (heat, column, us) => {
    const found = heat.columns.find((cell) => cell[0] === column);
    if (!found || !(us > 0)) return null;
    const bin = Math.floor(Math.log10(us) * heat.bins_per_decade), bound = (b) => 10 ** (b / heat.bins_per_decade);
    return { count: found[2 + bin - found[1]] || 0, from: bound(bin), to: bound(bin + 1) };
  };

  // What stands beside a line's name while nobody points at it, on paper and on phones above all: its middle and its peak over
  // time, its percentiles by name. Points carry their own figures.
  const resting = (chart, spec) => {
    const said = (value) => show(spec.unit || chart.y.unit, value);
    const seen = spec.values.filter((value) => value !== null);
    if (!seen.length || spec.points) return "";
    if (chart.x.unit === "quantile") {
      const last = spec.values.reduce((found, value, at) => (value === null ? found : at), 0);
      return [Math.log10(2), 2, 3].filter((nines) => nines <= chart.xs[last] + 1e-9)
        .map((nines) => `${quantile(nines)} ${said(spec.values[chart.xs.findIndex((x) => x >= nines - 1e-9)])}`).join(" · ");
    }
    if (chart.x.unit !== "s") return "";
    const sorted = [...seen].sort((a, b) => a - b), most = sorted.at(-1);
    const middle = sorted[Math.floor((sorted.length - 1) / 2)];
    return said(middle) === said(most) ? said(most) : `median ${said(middle)} · max ${said(most)}`;
  };

  const series = (chart, spec) => ({
    label: spec.label, scale: "y", stroke: () => colour(spec), width: spec.points ? 0 : 1.75, dash: DASHES[spec.dash || 0],
    value: (_, value, at, index) => (index === null || index === undefined ? resting(chart, spec) : show(spec.unit || chart.y.unit, value)),
    points: spec.points
      ? { show: spec.points !== "cross", size: 10, width: 2, stroke: () => colour(spec), fill: () => (spec.points === "full" ? colour(spec) : css("--paper")) }
      : { show: () => chart.xs.length < 3, size: 7 },
    spanGaps: chart.span_gaps,
    paths: chart.x.unit === "s" ? uPlot.paths.linear() : undefined,
  });

  // Points that are neither filled nor rings.
  const crosses = (chart) => (u) => {
    const arm = 4 * devicePixelRatio, ctx = u.ctx;
    ctx.save();
    ctx.lineWidth = 2 * devicePixelRatio;
    chart.series.forEach((spec, at) => {
      if (spec.points !== "cross" || !u.series[at + 1].show) return;
      ctx.strokeStyle = colour(spec);
      ctx.beginPath();
      u.data[at + 1].forEach((value, i) => {
        const x = u.valToPos(u.data[0][i], "x", true), y = u.valToPos(value, "y", true);
        if (value === null || value === undefined || x < u.bbox.left || x > u.bbox.left + u.bbox.width) return;
        ctx.moveTo(x - arm, y - arm); ctx.lineTo(x + arm, y + arm);
        ctx.moveTo(x - arm, y + arm); ctx.lineTo(x + arm, y - arm);
      });
      ctx.stroke();
    });
    ctx.restore();
  };

  // Points carry their figures, where one does not lie on another: the largest first, since these are what people look for.
  const figures = (chart) => (u) => {
    const { ctx, bbox } = u, ratio = devicePixelRatio, taken = [], height = 12 * ratio;
    const points = chart.series.flatMap((spec, at) => (spec.points && u.series[at + 1].show
      ? u.data[at + 1].map((value, i) => ({ spec, value, x: u.valToPos(u.data[0][i], "x", true), y: u.valToPos(value, "y", true) })) : []))
      .filter(({ value, x }) => value !== null && value !== undefined && x >= bbox.left && x <= bbox.left + bbox.width);
    const free = (box) => box.left >= bbox.left && box.right <= bbox.left + bbox.width && box.top >= bbox.top
      && !taken.some((other) => box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top);
    ctx.save();
    ctx.font = `${11 * ratio}px system-ui, sans-serif`;
    for (const { x, y } of points) taken.push({ left: x - 5 * ratio, right: x + 5 * ratio, top: y - 5 * ratio, bottom: y + 5 * ratio });
    for (const { spec, value, x, y } of [...points].sort((a, b) => b.value - a.value)) {
      const words = show(spec.unit || chart.y.unit, value), width = ctx.measureText(words).width;
      const left = [x - width / 2, x + 8 * ratio, x - width - 8 * ratio];
      const top = [y - height - 7 * ratio, y - height / 2, y - height / 2];
      for (let place = 0; place < 3; place += 1) {
        const box = { left: left[place], right: left[place] + width, top: top[place], bottom: top[place] + height };
        if (!free(box)) continue;
        taken.push(box);
        ctx.fillStyle = css("--ink");
        ctx.textAlign = "left";
        write(ctx, words, box.left, box.bottom - 2 * ratio);
        break;
      }
    }
    ctx.restore();
  };

  const data = (chart) => [
    chart.xs, ...chart.series.map((spec) => (chart.y.log ? spec.values.map((v) => (v === 0 ? null : v)) : spec.values)),
  ];
  const draw = (place, chart) => {
    const width = Math.max(220, Math.min(place.clientWidth, root.classList.contains("printing") ? 680 : Infinity));
    const said = place.parentElement.querySelector(".said");
    const options = {
      width, height: root.classList.contains("printing") ? 170 : 270,
      padding: [10, 22, 0, 0],
      cursor: { sync: chart.x.unit === "s" ? { key: "time" } : undefined, drag: { x: true, y: false }, focus: { prox: 24 } },
      legend: { live: true, markers: { width: 2, dash: (u, i) => (i > 0 && (chart.series[i - 1].dash || 0) ? (chart.series[i - 1].dash === 2 ? "dotted" : "dashed") : "solid") } },
      scales: {
        x: { time: false, range: (u, low, high) => (low === high ? [low - 0.5, high + 0.5] : u.zoomed ? [low, high] : chart.x.from !== undefined ? [chart.x.from, chart.x.to] : [low, high]) },
        y: chart.y.log
          ? { distr: 3, range: (u, low, high) => limits(chart, low, high) }
          : { range: (u, low, high) => [0, Math.max(high || 0, ...chart.limits.map((limit) => limit.y)) * 1.08 || 1] },
      },
      axes: [xAxis(chart.x), yAxis(chart.y, chart)],
      series: [{ label: chart.x.name, value: (_, value, at, index) => (index === null || index === undefined ? "" : show(chart.x.unit, value)) }, ...chart.series.map((spec) => series(chart, spec))],
      hooks: {
        drawClear: [underlay(chart)], drawAxes: chart.heat ? [(u) => cells(u, chart.heat)] : [], draw: [overlay(chart), crosses(chart), figures(chart)],
        // Figures keep the width that they have at rest, or lines would jump while somebody points.
        ready: [(u) => { for (const value of u.root.querySelectorAll(".u-value")) value.style.minWidth = `${Math.ceil(value.getBoundingClientRect().width)}px`; }],
        setSelect: [(u) => { u.zoomed = u.select.width > 0; }],
        setCursor: [(u) => { said.textContent = u.cursor.idx === null || u.cursor.idx === undefined ? "" : sentence(u, chart); }],
      },
    };
    const u = new uPlot(options, data(chart), place);
    place.chart = u;
    u.over.addEventListener("dblclick", () => { u.zoomed = false; });
    return u;
  };
  const limits = (chart, low, high) => {
    const all = [low, high, ...chart.limits.map((limit) => limit.y), ...(chart.heat ? chart.heat.range : [])].filter((v) => v > 0);
    if (!all.length) return [1, 10];
    return [10 ** Math.floor(Math.log10(Math.min(...all))), 10 ** Math.ceil(Math.log10(Math.max(...all) * 1.0001))];
  };

  // What the cursor points at and no line says: bands, stages, the cell of a heat map.
  const sentence = (u, chart) => {
    const x = u.data[0][u.cursor.idx], parts = [];
    if (chart.heat) {
      const cell = heatAt(chart.heat, u.cursor.idx, u.posToVal(u.cursor.top, "y"));
      if (cell) parts.push(`${show("s", x)}: ${cell.count} calls took ${latency(cell.from)} to ${latency(cell.to)}`);
    }
    for (const band of chart.bands) if (x >= band.from && x < band.to) parts.push(band.label);
    const stage = chart.marks.filter((mark) => mark.x <= x && mark.label).at(-1);
    if (stage && chart.x.unit === "s") parts.push(`stage: ${stage.label}`);
    return parts.join(" · ");
  };

  // By key: arrows move the cursor, plus and minus zoom around it, Escape shows everything again.
  const keys = (place) => (event) => {
    const u = place.chart, last = u.data[0].length - 1;
    let at = u.cursor.idx ?? -1;
    if (event.key === "ArrowRight") at = Math.min(last, at + 1);
    else if (event.key === "ArrowLeft") at = Math.max(0, at - 1);
    else if (event.key === "Home") at = 0;
    else if (event.key === "End") at = last;
    else if (event.key === "Escape") { u.zoomed = false; u.setData(u.data, true); return; }
    else if (event.key === "+" || event.key === "-") {
      const { min, max } = u.scales.x, middle = u.data[0][Math.max(at, 0)], half = ((max - min) / 2) * (event.key === "+" ? 0.5 : 2);
      u.zoomed = true;
      u.setScale("x", { min: Math.max(u.data[0][0], middle - half), max: Math.min(u.data[0][last], middle + half) });
      return;
    } else return;
    event.preventDefault();
    u.setCursor({ left: u.valToPos(u.data[0][at], "x"), top: u.over.clientHeight / 2 });
  };

  const root = document.documentElement;
  let places = [];
  // What is folded away is drawn when it is unfolded: a page of many charts opens at once.
  const redraw = (place, chart) => {
    if (place.chart) place.chart.destroy();
    place.chart = undefined;
    if (!place.closest("details.fold:not([open])")) draw(place, chart);
  };
  const drawAll = () => {
    for (const { place, chart } of places) redraw(place, chart);
    root.dataset.drawn = String(Number(root.dataset.drawn || 0) + 1);
  };
  // Finds the charts of the page; each element is listened to once.
  const heard = new WeakSet();
  const once = (element, event, listener) => {
    if (!heard.has(element)) element.addEventListener(event, listener);
    heard.add(element);
  };
  const collect = () => {
    places = Array.from(document.querySelectorAll(".plot")).map((place) => ({ place, chart: charts[Number(place.dataset.chart)] }));
    for (const { place } of places) once(place, "keydown", keys(place));
    for (const fold of document.querySelectorAll("details.fold")) {
      once(fold, "toggle", () => {
        for (const { place, chart } of places) if (fold.contains(place) && !place.chart) redraw(place, chart);
      });
    }
    for (const details of document.querySelectorAll("details.data")) once(details, "toggle", () => fill(details));
  };

  // A page that is fed gets new figures of charts that stand already: zoom, cursor and hidden lines stay as they are.
  const lines = (chart) => JSON.stringify([chart.title, chart.y.log, chart.series.map((spec) => [spec.label, spec.points])]);
  addEventListener("charts", (event) => {
    const standing = new Map(places.map(({ place, chart }) => [place, chart]));
    charts = event.detail;
    collect();
    for (const entry of places) {
      const { place, chart } = entry, before = standing.get(place);
      if (before && place.chart && chart && lines(before) === lines(chart)) {
        // What draws it knows the one that it was made of.
        charts[Number(place.dataset.chart)] = entry.chart = Object.assign(before, chart);
        place.chart.setData(data(before), !place.chart.zoomed);
      } else if (chart) redraw(place, chart);
    }
    for (const details of document.querySelectorAll("details.data")) {
      details.querySelector(".scroll").replaceChildren();
      fill(details);
    }
    root.dataset.fed = String(Number(root.dataset.fed || 0) + 1);
  });

  // The table behind a chart is made when somebody unfolds it: the page stays small, and the figures are the chart's own.
  const fill = (details) => {
    const box = details.querySelector(".scroll");
    if (!details.open || box.firstChild) return;
    const chart = charts[Number(details.dataset.chart)], table = document.createElement("table");
    const cell = (row, kind, text, value) => {
      const made = row.appendChild(document.createElement(kind));
      if (kind === "th") made.scope = row.parentElement.tagName === "THEAD" ? "col" : "row";
      if (value === undefined) made.textContent = text;
      else {
        const data = made.appendChild(document.createElement("data"));
        data.value = value;
        data.textContent = text;
      }
      if (kind === "td") made.className = "number";
    };
    table.createCaption().textContent = chart.title;
    const head = table.createTHead().insertRow();
    cell(head, "th", chart.x.name);
    for (const spec of chart.series) cell(head, "th", spec.label);
    const body = table.createTBody();
    chart.xs.forEach((x, index) => {
      const row = body.insertRow();
      cell(row, "th", show(chart.x.unit, x), x);
      for (const spec of chart.series) {
        const value = spec.values[index];
        if (value === null) cell(row, "td", "–");
        else cell(row, "td", show(spec.unit || chart.y.unit, value), value);
      }
    });
    box.append(table);
  };

  collect();
  drawAll();

  let width = innerWidth, due = 0;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    cancelAnimationFrame(due);
    due = requestAnimationFrame(drawAll);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  addEventListener("printing", drawAll);
})();
