// Draws the charts of the report from the JSON in #report-data (the Java record ReportData) on one time axis:
// milliseconds relative to the start of the migration. Words and tables are in the page already.
(() => {
  'use strict';

  const data = JSON.parse(document.getElementById('report-data').textContent);
  const root = document.documentElement;
  const WINDOW_MIN_MILLIS = 20;
  const QUANTILES = [
    { key: 'max', label: 'max', line: { width: 1.6, opacity: 1 } },
    { key: 'p99', label: 'p99', line: { width: 1.3, opacity: 0.75, type: [5, 3] } },
    { key: 'p50', label: 'p50', line: { width: 1.1, opacity: 0.6, type: [1.5, 2] } },
  ];
  const OPERATIONS_SHOWN_AT_FIRST = 4;
  const LANE = { label: 15, bar: 9, height: 32 };
  const MOST_WAIT_ROWS = 36;

  const color = (name) => getComputedStyle(root).getPropertyValue('--' + name).trim();
  const escape = (text) =>
    String(text).replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]);

  // ---- figures as people read them -------------------------------------------------------------------------------

  function duration(millis) {
    if (millis < 0.0995) return millis.toFixed(2) + ' ms';
    if (millis < 9.95) return millis.toFixed(1) + ' ms';
    if (millis < 999.5) return millis.toFixed(0) + ' ms';
    if (millis < 9995) return (millis / 1000).toFixed(2) + ' s';
    return (millis / 1000).toFixed(1) + ' s';
  }

  /** −0:30, 1:05, and below a second as far as the eye is zoomed in: 0:05.25. */
  function clock(millis, decimals = 0) {
    const unit = 10 ** decimals;
    const total = Math.round((Math.abs(millis) / 1000) * unit);
    const seconds = Math.floor(total / unit);
    const fraction = decimals ? '.' + String(total % unit).padStart(decimals, '0') : '';
    return (millis < 0 && total > 0 ? '−' : '') + Math.floor(seconds / 60) + ':' + String(seconds % 60).padStart(2, '0') + fraction;
  }


  const TICKS_MILLIS = [5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5, 72e5];

  const tickStep = () => {
    const room = Math.max(2, Math.floor(window.innerWidth / (narrow() ? 80 : 110)));
    return TICKS_MILLIS.find((t) => (visible.to - visible.from) / t <= room) ?? TICKS_MILLIS.at(-1);
  };

  /** Round times in what is visible, as many as there is room for; 0 is one of them. */
  function ticks() {
    const step = tickStep();
    const values = [];
    for (let t = Math.ceil(visible.from / step) * step; t <= visible.to; t += step) values.push(t || 0);
    return values;
  }

  const tickLabel = (millis) => clock(millis, tickStep() >= 1000 ? 0 : tickStep() >= 100 ? 1 : 3);

  const magnitude = (value) =>
    value >= 1e9 ? value / 1e9 + ' G' : value >= 1e6 ? value / 1e6 + ' M' : value >= 1e3 ? value / 1e3 + ' k' : String(value);

  // ---- what there is at a time -----------------------------------------------------------------------------------

  const name = (operation) => {
    const alone = data.operations.filter((o) => o.operation === operation.operation).length === 1;
    return alone ? operation.operation : operation.service + ' ' + operation.operation;
  };
  const bucketAt = (time) => Math.floor((time - data.fromMillis) / data.bucketMillis);
  const value = (millis) => (millis == null ? '–' : duration(millis));
  /** A p99 says of how long a window it is where that is not the bucket of its row. */
  const level = (window) =>
    !window ? '–' : duration(window.millis) + (window.toMillis - window.fromMillis > data.bucketMillis ? ` in ${+((window.toMillis - window.fromMillis) / 1000).toPrecision(2)} s` : '');
  const p99At = (operation, time) => operation.p99.find((w) => w.fromMillis <= time && time < w.toMillis);
  const at = (bands, time) => bands.filter((b) => b.fromMillis <= time && time < Math.max(b.toMillis, b.fromMillis + data.bucketMillis));

  /** The last that was heard before the end of the bucket; nothing where the line has a gap. */
  const lagAt = (replica, time) => replica.lag.findLast((point) => point.atMillis < time + data.bucketMillis)?.millis;

  function moment(time) {
    const bucket = bucketAt(time);
    const locks = data.locks.bars
      .filter((b) => b.waitFromMillis < time + data.bucketMillis && b.toMillis >= time)
      .map((b) => data.locks.lanes[b.lane].label + (b.fromMillis > time ? ' (waited for)' : ''));
    return {
      clock: clock(time, data.bucketMillis % 1000 ? 2 : 0),
      where: [...at(data.stages, time), ...at(data.steps, time), ...at(data.faults, time)].map((b) => b.label),
      operations: data.operations.map((o) => ({
        name: name(o), p50: value(o.p50[bucket]), p99: level(p99At(o, time)), max: value(o.max[bucket]),
      })),
      arrivals: data.load.arrivalsPerSecond[bucket],
      failures: data.load.failuresPerSecond[bucket],
      locks: [...new Set(locks)],
      replicas: data.replicas.map((r) => ({ name: r.replica, lag: lagAt(r, time) })).filter((r) => r.lag != null),
      waiting: data.locks.waits.filter((w) => w.fromMillis < time + data.bucketMillis && w.toMillis >= time).length,
    };
  }

  function momentAsTip(time) {
    const m = moment(time);
    const rows = m.operations
      .map((o, i) => shown.operations.has(i)
        ? `<tr><th style="color:${operationColor(i)}"><i></i>${escape(o.name)}</th><td>${o.p50}</td><td>${o.p99}</td><td><b>${o.max}</b></td></tr>`
        : '')
      .join('');
    const also = [
      m.arrivals == null ? '' : `${m.arrivals}/s arrived` + (m.failures ? `, <b>${m.failures}/s failed</b>` : ''),
      m.locks.length ? escape(m.locks.slice(0, 4).join(', ')) + (m.locks.length > 4 ? ` and ${m.locks.length - 4} more` : '') : '',
      m.waiting ? `${m.waiting} sessions waited for locks` : '',
      ...m.replicas.map((r) => `${escape(r.name)} ${duration(r.lag)} behind`),
    ].filter(Boolean);
    return `<div class="tip"><b>${m.clock}</b> ${escape(m.where.join(' · '))}
      <table><tr><th></th><td>p50</td><td>p99</td><td>max</td></tr>${rows}</table>${also.join('<br>')}</div>`;
  }

  function momentAsText(time) {
    const m = moment(time);
    return [
      m.clock + ' ' + m.where.join(', '),
      ...m.operations.map((o) => `${o.name}: p50 ${o.p50}, p99 ${o.p99}, max ${o.max}`),
      m.failures ? `${m.failures} failures per second` : '',
      ...m.locks,
      m.waiting ? `${m.waiting} sessions waited` : '',
      ...m.replicas.map((r) => `${r.name} ${duration(r.lag)} behind`),
    ].filter(Boolean).join('; ');
  }

  // ---- parts that all charts share -------------------------------------------------------------------------------

  const font = () => getComputedStyle(document.body).fontFamily;
  const narrow = () => window.innerWidth < 600;
  const operationColor = (index) => color('op-' + (index % 8));
  // Without outer bounds the plots of all charts keep the same left and right edge, which is what makes it one time axis.
  const grid = (top, height) => ({ left: narrow() ? 46 : 62, right: 16, top, height, outerBoundsMode: 'none' });

  function timeAxis(gridIndex, labels) {
    return {
      type: 'value', gridIndex, min: data.fromMillis, max: data.toMillis,
      position: 'bottom', axisLine: { show: labels, onZero: false, lineStyle: { color: color('rule') } },
      axisTick: { show: labels, lineStyle: { color: color('faint') }, customValues: ticks() },
      axisLabel: { show: labels, hideOverlap: true, color: color('soft'), fontSize: 11, formatter: tickLabel, customValues: ticks() },
      splitLine: { show: false },
      axisPointer: { show: true, type: 'line', snap: false, triggerTooltip: true, label: { show: false }, lineStyle: { color: color('faint'), type: 'solid', width: 1 } },
    };
  }

  function valueAxis(gridIndex, more) {
    return {
      type: 'value', gridIndex, min: 0, splitNumber: 2,
      axisLabel: { color: color('soft'), fontSize: 11 }, axisLine: { show: false }, axisTick: { show: false },
      splitLine: { lineStyle: { color: color('rule'), width: 0.7 } }, axisPointer: { show: false },
      ...more,
    };
  }

  const pixelAxis = (gridIndex, height) => valueAxis(gridIndex, { max: height, inverse: true, axisLabel: { show: false }, splitLine: { show: false } });

  /** Tints behind the data: migration, rollback and faults, the same in every chart. */
  function backdrop(xAxisIndex) {
    const area = (band, fill, opacity) => [
      { xAxis: band.fromMillis, itemStyle: { color: fill, opacity } },
      { xAxis: Math.max(band.toMillis, band.fromMillis + 1) },
    ];
    return {
      id: 'backdrop' + xAxisIndex, type: 'line', data: [], xAxisIndex, yAxisIndex: xAxisIndex, silent: true, tooltip: { show: false },
      markArea: {
        silent: true,
        data: [
          ...data.stages.filter((s) => s.kind === 'migration' || s.kind === 'rollback').map((s) => area(s, color('tint'), 1)),
          ...data.faults.map((f) => area(f, color('fault'), 0.13)),
        ],
      },
      markLine: {
        silent: true, symbol: 'none', label: { show: false }, lineStyle: { color: color('rule'), type: 'solid', width: 1 },
        data: data.stages.slice(1).map((s) => ({ xAxis: s.fromMillis })),
      },
    };
  }

  function base(description, tooltip) {
    return {
      animation: false, backgroundColor: 'transparent',
      textStyle: { fontFamily: font() },
      aria: { enabled: true, label: { description } },
      axisPointer: { link: [{ xAxisIndex: 'all' }] },
      tooltip: {
        trigger: 'axis', confine: true, transitionDuration: 0, backgroundColor: color('paper'), borderColor: color('rule'), padding: [8, 10],
        extraCssText: 'box-shadow:0 3px 14px rgba(0,0,0,.16);border-radius:3px', textStyle: { color: color('ink') },
        axisPointer: { type: 'line', snap: false }, ...tooltip,
      },
      dataZoom: [{
        id: 'window', type: 'inside', xAxisIndex: 'all', filterMode: 'none', minValueSpan: WINDOW_MIN_MILLIS,
        zoomOnMouseWheel: 'ctrl', moveOnMouseMove: false, moveOnMouseWheel: false, preventDefaultMouseMove: false,
        startValue: visible.from, endValue: visible.to,
      }],
    };
  }

  const stepped = (values, from, width) => [
    ...values.map((v, i) => [from + i * width, v]),
    [Math.min(from + values.length * width, data.toMillis), values[values.length - 1]],
  ];

  /** A level for each window, with a gap where windows do not touch. */
  const plateaus = (windows) => windows.flatMap((w, i) => [
    ...(i > 0 && windows[i - 1].toMillis !== w.fromMillis ? [[w.fromMillis, null]] : []), [w.fromMillis, w.millis], [w.toMillis, w.millis],
  ]);

  /** A rectangle cut to the plot, at least two pixels wide, so that what took a millisecond is still to be seen. */
  function rectangle(coordSys, fromX, toX, y, height, style, name) {
    const width = Math.max(2, toX - fromX);
    const shape = echarts.graphic.clipRectByRect({ x: fromX, y, width, height }, coordSys);
    return shape && { type: 'rect', name, shape, style };
  }

  /** Named parts, so that a redraw never takes one for another; nothing at all when every part lies outside, or ECharts keeps the old ones. */
  function together(...parts) {
    const children = parts.filter(Boolean);
    return children.length > 0 ? { type: 'group', $mergeChildren: 'byName', children } : undefined;
  }

  // ---- response time ---------------------------------------------------------------------------------------------

  const RIBBON_ROW = 20;
  const ribbons = () => [data.stages, data.steps, data.faults].filter((row) => row.length > 0);

  function ribbonSeries(row, rowIndex) {
    const fill = (band) =>
      row === data.faults ? color('fault')
        : row === data.steps ? (band.status === 'succeeded' ? color('soft') : color('failed'))
        : band.kind === 'migration' || band.kind === 'rollback' ? color('ink') : color('faint');
    return {
      id: 'ribbon' + rowIndex, type: 'custom', xAxisIndex: 0, yAxisIndex: 0, encode: { x: [0, 1] }, tooltip: { show: false }, silent: true,
      data: row.map((band) => [band.fromMillis, band.toMillis]),
      renderItem(params, api) {
        const band = row[params.dataIndex];
        const plot = params.coordSys;
        const y = plot.y + rowIndex * RIBBON_ROW;
        const from = api.coord([band.fromMillis, 0])[0];
        const to = api.coord([band.toMillis, 0])[0];
        const left = Math.max(from, plot.x);
        // A label may reach beyond its short band, up to the next one.
        const next = row[params.dataIndex + 1];
        const end = next ? api.coord([next.fromMillis, 0])[0] : Infinity;
        const room = Math.min(end, plot.x + plot.width) - left - 6;
        const line = rectangle(plot, from, to - 1, y + RIBBON_ROW - 4, 2.5, { fill: fill(band) }, 'line');
        const label = to > plot.x && left < plot.x + plot.width && room > 9 + Math.min(6, band.label.length) * 5 && {
          type: 'text', name: 'label',
          style: {
            text: band.label, x: left + 1, y: y + 3, width: room, overflow: 'truncate', ellipsis: '…', fill: fill(band),
            fontFamily: font(), fontSize: 11, fontWeight: fill(band) === color('ink') ? 600 : 400,
          },
        };
        return together(line, label);
      },
    };
  }

  function responseOption() {
    const ribbonHeight = ribbons().length * RIBBON_ROW;
    const series = data.operations.flatMap((operation, index) =>
      QUANTILES.map((q) => ({
        id: `${operation.service}/${operation.operation}/${q.key}`, name: `${index} ${q.key}`, type: 'line', xAxisIndex: 1, yAxisIndex: 1,
        step: q.key !== 'p99' && 'end', symbol: 'none', connectNulls: false, z: q.key === 'max' ? 4 : 3,
        lineStyle: { color: operationColor(index), ...q.line }, itemStyle: { color: operationColor(index) }, emphasis: { disabled: true },
        data: q.key === 'p99' ? plateaus(operation.p99) : stepped(operation[q.key], data.fromMillis, data.bucketMillis),
      })));
    const power = (extreme, round) => 10 ** round(Math.log10(Math.max(extreme, 0.001)));
    return {
      ...base(data.descriptions.response, { formatter: (params) => tip('chart-response', params) }),
      legend: { show: false, selected: selected() },
      grid: [grid(2, ribbonHeight), grid(ribbonHeight + 12, narrow() ? 240 : 320)],
      xAxis: [timeAxis(0, false), timeAxis(1, true)],
      yAxis: [
        pixelAxis(0, ribbonHeight),
        {
          ...valueAxis(1), type: 'log', splitNumber: 5,
          min: (extent) => power(Math.min(extent.min, 1), Math.floor), max: (extent) => power(extent.max * 1.05, Math.ceil),
          axisLabel: { color: color('soft'), fontSize: 11, formatter: (millis) => (millis >= 1000 ? millis / 1000 + ' s' : +millis.toPrecision(1) + ' ms') },
        },
      ],
      series: [
        backdrop(1), ...series, ...ribbons().map(ribbonSeries),
        {
          id: 'limits', type: 'line', data: [], xAxisIndex: 1, yAxisIndex: 1, silent: true,
          markLine: {
            symbol: 'none', silent: true, lineStyle: { color: color('failed'), type: [2, 3], width: 1.2 },
            label: { position: 'insideStartTop', color: color('failed'), fontSize: 11, textBorderColor: color('paper'), textBorderWidth: 3, formatter: (p) => p.name },
            data: data.limits.map((l) => [{ name: l.label, coord: [l.fromMillis, l.millis] }, { coord: [l.toMillis, l.millis] }]),
          },
        },
      ],
    };
  }
  responseOption.height = () => ribbons().length * RIBBON_ROW + (narrow() ? 240 : 320) + 42;

  // ---- locks -----------------------------------------------------------------------------------------------------

  const waitRows = () => Math.min(data.locks.waitRows, MOST_WAIT_ROWS);
  const waitsTop = () => data.locks.lanes.length * LANE.height;
  const lockHeight = () => waitsTop() + (data.locks.waits.length ? LANE.label + 6 + waitRows() * 4 : 0) + 4;

  function laneLabels() {
    const labels = data.locks.lanes.map((lane) => lane.label);
    if (data.locks.waits.length) {
      const left = data.locks.waitsLeftOut;
      const waits = data.locks.waits.length + left;
      labels.push(`sessions that waited: ${waits} ${waits === 1 ? 'wait' : 'waits'}` + (left ? `, the ${left} shortest not drawn` : ''));
    }
    return {
      id: 'labels', type: 'custom', silent: true, z: 6, tooltip: { show: false }, data: labels.map((_, lane) => [data.fromMillis, lane * LANE.height]),
      renderItem: (params) => ({
        type: 'text',
        style: {
          text: labels[params.dataIndex], x: params.coordSys.x + 4, y: params.coordSys.y + params.dataIndex * LANE.height + 4, fill: color('soft'),
          fontFamily: font(), fontSize: 11, stroke: color('paper'), lineWidth: 3, width: params.coordSys.width - 8, overflow: 'truncate',
        },
      }),
    };
  }

  function lockBars() {
    return {
      id: 'locks', type: 'custom', z: 5, encode: { x: [0, 1, 2] }, tooltip: { trigger: 'item' },
      data: data.locks.bars.map((b) => [b.waitFromMillis, b.fromMillis, b.toMillis, b.lane]),
      renderItem(params, api) {
        const [asked, granted, released] = [0, 1, 2].map((i) => api.coord([api.value(i), 0])[0]);
        const lane = data.locks.lanes[api.value(3)];
        const y = params.coordSys.y + api.value(3) * LANE.height + LANE.label + 4;
        const fill = color(lane.blocks);
        const children = [
          granted > asked && rectangle(params.coordSys, asked, granted, y + 2, LANE.bar - 4, { fill, opacity: 0.4, stroke: fill, lineWidth: 1 }, 'wait'),
          released > granted && rectangle(params.coordSys, granted, released, y, LANE.bar, { fill }, 'hold'),
        ];
        return together(...children);
      },
    };
  }

  function lockWaits() {
    return {
      id: 'waits', type: 'custom', z: 5, encode: { x: [0, 1] }, tooltip: { trigger: 'item' },
      data: data.locks.waits.map((w) => [w.fromMillis, w.toMillis, w.row]),
      renderItem(params, api) {
        const wait = data.locks.waits[params.dataIndex];
        const y = params.coordSys.y + waitsTop() + LANE.label + 6 + (wait.row % MOST_WAIT_ROWS) * 4;
        const from = api.coord([wait.fromMillis, 0])[0];
        const to = api.coord([wait.toMillis, 0])[0];
        return rectangle(params.coordSys, from, to, y, 3, { fill: color(wait.outcome === 'acquired' ? 'victim' : 'failed'), opacity: 0.75 });
      },
    };
  }

  function barAsTip(index) {
    const b = data.locks.bars[index];
    const parts = [
      b.fromMillis > b.waitFromMillis ? 'waited ' + duration(b.fromMillis - b.waitFromMillis) : '',
      b.toMillis > b.fromMillis ? 'held ' + duration(b.toMillis - b.fromMillis) + (b.errorMillis ? ' ± ' + duration(b.errorMillis) : '') : '',
      b.outcome,
    ].filter(Boolean);
    return `<div class="tip"><b>${escape(data.locks.lanes[b.lane].label)}</b><br>${escape(parts.join(', '))}<br>
      from ${clock(b.fromMillis, 3)} to ${clock(b.toMillis, 3)}<br>${escape(b.what)}</div>`;
  }

  function waitAsTip(index) {
    const w = data.locks.waits[index];
    return `<div class="tip"><b>${escape(w.who)}</b> waited ${duration(w.toMillis - w.fromMillis)}, ${escape(w.outcome)}<br>
      from ${clock(w.fromMillis, 3)} to ${clock(w.toMillis, 3)}<br>${escape(w.what)}</div>`;
  }

  function lockOption() {
    const tooltip = {
      trigger: 'item',
      formatter: (p) => (p.seriesId === 'locks' ? barAsTip(p.dataIndex) : p.seriesId === 'waits' ? waitAsTip(p.dataIndex) : ''),
    };
    return {
      ...base(data.descriptions.locks, tooltip),
      grid: [grid(2, lockHeight())], xAxis: [timeAxis(0, true)], yAxis: [pixelAxis(0, lockHeight())],
      series: [backdrop(0), lockBars(), lockWaits(), laneLabels()],
    };
  }
  lockOption.height = () => lockHeight() + 30;

  // ---- arrivals, failures; replicas; server ----------------------------------------------------------------------------------

  const area = (id, index, points, stroke, more) => ({
    id, type: 'line', xAxisIndex: index, yAxisIndex: index, step: 'end', symbol: 'none', data: points, emphasis: { disabled: true },
    lineStyle: { color: stroke, width: 1.3 }, itemStyle: { color: stroke }, areaStyle: { color: stroke, opacity: 0.16 }, ...more,
  });

  function loadOption() {
    return {
      ...base(data.descriptions.load, { formatter: (params) => tip('chart-load', params) }),
      grid: [grid(8, 100)], xAxis: [timeAxis(0, true)], yAxis: [valueAxis(0)],
      series: [
        backdrop(0),
        area('arrivals', 0, stepped(data.load.arrivalsPerSecond, data.fromMillis, data.bucketMillis), color('faint')),
        area('failures', 0, stepped(data.load.failuresPerSecond, data.fromMillis, data.bucketMillis), color('failed'), { areaStyle: { color: color('failed'), opacity: 0.55 } }),
      ],
    };
  }
  loadOption.height = () => 138;

  function replicaOption() {
    const named = data.replicas.map((replica, i) => ({ replica, tone: color('op-' + (i % 8)) }));
    return {
      ...base(data.descriptions.replicas, { formatter: (params) => tip('chart-replicas', params) }),
      legend: { show: named.length > 1, right: 16, top: 0, padding: 0, itemHeight: 8, selectedMode: false, textStyle: { fontSize: 11, color: color('soft') } },
      grid: [grid(named.length > 1 ? 20 : 8, 100)], xAxis: [timeAxis(0, true)],
      yAxis: [valueAxis(0, { axisLabel: { color: color('soft'), fontSize: 11, formatter: (millis) => (millis >= 1000 ? millis / 1000 + ' s' : millis + ' ms') } })],
      series: [
        backdrop(0),
        ...named.map(({ replica, tone }) =>
          area('lag of ' + replica.replica, 0, replica.lag.map((point) => [point.atMillis, point.millis]), tone, { name: replica.replica, step: false, connectNulls: false })),
      ],
    };
  }
  replicaOption.height = () => (data.replicas.length > 1 ? 150 : 138);

  const samples = data.server.samples;
  const dotted = (tone) => ({ areaStyle: undefined, lineStyle: { color: color(tone), width: 1, type: [1.5, 2] } });
  /** A line is [id, what it shows, its colour, what else there is to its series]. */
  const SERVER_ROWS = [
    { title: 'backends waiting for locks', axis: { minInterval: 1 }, lines: [['waiting', (s) => s.waitingForLocks, 'everyone']] },
    {
      title: 'active backends by what they wait for', axis: { minInterval: 1 },
      lines: data.server.waitEvents.map((event, i) => [event, (s) => s.activeByEvent[i], 'op-' + (i % 8), () => ({ areaStyle: undefined })]), named: true,
    },
    { title: 'WAL, bytes/s', axis: { axisLabel: { formatter: magnitude } }, lines: [['wal', (s) => s.walBytesPerSecond, 'op-1']] },
    {
      title: '8 KB blocks/s: read (counted late), written by checkpoints', axis: { axisLabel: { formatter: magnitude } }, named: true,
      lines: [['read', (s) => s.blocksReadPerSecond, 'op-2'], ['written', (s) => s.buffersWrittenPerSecond, 'op-3']],
    },
    {
      title: 'checkpoints begun, autovacuum workers', axis: { minInterval: 1 }, named: true,
      lines: [['checkpoints', (s) => s.checkpoints, 'op-4'], ['autovacuum', (s) => s.autovacuumWorkers, 'op-5']],
    },
    {
      title: 'CPU, % of the machine', axis: { max: 100 }, named: true,
      lines: [['PostgreSQL', (s) => s.serverCpuPercent, 'op-0'], ['load generator', (s) => s.generatorCpuPercent, 'op-1'], ['all', (s) => s.machineCpuPercent, 'soft', dotted]],
    },
  ].map((row) => ({ ...row, lines: row.lines.filter(([, value]) => samples.some((s) => value(s) != null && value(s) >= 0)) }))
    .filter((row) => row.lines.length);
  const SERVER_ROW = 74;

  function serverOption() {
    const axis = (row, i) => {
      const merged = valueAxis(i, row.axis);
      return { ...merged, axisLabel: { color: color('soft'), fontSize: 11, ...row.axis.axisLabel } };
    };
    return {
      ...base(data.descriptions.server, { formatter: (params) => tip('chart-server', params) }),
      title: SERVER_ROWS.map((row, i) => ({
        text: row.named ? row.title + ': ' + row.lines.map(([id], n) => `{l${n}|${id}}`).join(', ') : row.title,
        left: grid().left, top: i * (SERVER_ROW + 24) + 3, padding: 0,
        textStyle: {
          fontSize: 11, fontWeight: 'normal', color: color('soft'),
          rich: Object.fromEntries(row.lines.map(([, , tone], n) => ['l' + n, { fontSize: 11, color: color(tone) }])),
        },
      })),
      grid: SERVER_ROWS.map((_, i) => grid(i * (SERVER_ROW + 24) + 22, SERVER_ROW - 14)),
      xAxis: SERVER_ROWS.map((_, i) => timeAxis(i, i === SERVER_ROWS.length - 1)),
      yAxis: SERVER_ROWS.map(axis),
      series: SERVER_ROWS.flatMap((row, i) => [
        backdrop(i),
        ...row.lines.map(([id, value, tone, more]) =>
          area(id, i, samples.map((s) => [s.atMillis, value(s) ?? null]), color(tone), { step: false, ...more?.(tone) })),
      ]),
    };
  }
  serverOption.height = () => SERVER_ROWS.length * (SERVER_ROW + 24) + 26;

  // ---- percentiles -------------------------------------------------------------------------------------------------

  const CURVES = {
    'migration response': { tone: 'everyone', width: 2.2 },
    'migration service': { tone: 'everyone', width: 1.4, type: [4, 3] },
    'baseline response': { tone: 'op-0', width: 2.2 },
    'baseline service': { tone: 'op-0', width: 1.4, type: [4, 3] },
  };
  const curveName = (curve) => `${curve.stage} ${curve.measure}`;
  /** Distance to 100 %, as HdrHistogram draws it: 90 % at 1, 99 % at 2, 99.9 % at 3. */
  const nines = (percentile) => -Math.log10(1 - percentile / 100);
  const percentileLabel = (x) => (x === 0 ? '0 %' : +(100 - 100 * 10 ** -x).toFixed(4) + ' %');
  let curvesOf = '/';

  function percentileOption() {
    const curves = data.curves.filter((c) => `${c.service}/${c.operation}` === curvesOf);
    const furthest = Math.max(1, ...curves.flatMap((c) => c.points.map((p) => nines(p.percentile))));
    return {
      animation: false, backgroundColor: 'transparent', textStyle: { fontFamily: font() },
      aria: { enabled: true, label: { description: data.descriptions.curves } },
      legend: { top: 0, left: 0, textStyle: { color: color('soft'), fontSize: 11 }, itemWidth: 26 },
      grid: { ...grid(narrow() ? 56 : 34, 260), right: 24 },
      tooltip: {
        trigger: 'axis', confine: true, transitionDuration: 0, backgroundColor: color('paper'), borderColor: color('rule'),
        textStyle: { color: color('ink'), fontSize: 12 }, axisPointer: { type: 'line', lineStyle: { color: color('faint') } },
        formatter: (params) => [
          percentileLabel(params[0].axisValue).replace(/(\.\d\d)\d+/, '$1'),
          ...params.map((p) => `${escape(p.seriesName)}: <b>${duration(p.value[1])}</b>`),
        ].join('<br>'),
      },
      xAxis: {
        type: 'value', min: 0, max: furthest, interval: 1, axisLine: { lineStyle: { color: color('rule') } },
        axisLabel: { color: color('soft'), fontSize: 11, formatter: percentileLabel, showMaxLabel: false }, splitLine: { lineStyle: { color: color('rule'), width: 0.7 } },
      },
      yAxis: {
        ...valueAxis(0), min: undefined, type: 'log', splitNumber: 4,
        axisLabel: { color: color('soft'), fontSize: 11, formatter: (millis) => (millis >= 1000 ? millis / 1000 + ' s' : +millis.toPrecision(1) + ' ms') },
      },
      series: curves.map((curve) => {
        const { tone, ...line } = CURVES[curveName(curve)];
        return {
          id: curveName(curve), name: `${curveName(curve)} (${curve.requests.toLocaleString('en')})`, type: 'line', symbol: 'none', emphasis: { disabled: true },
          lineStyle: { color: color(tone), ...line }, itemStyle: { color: color(tone) },
          data: curve.points.map((p) => [nines(p.percentile), Math.max(p.millis, 0.001)]),
        };
      }),
    };
  }

  let percentiles = null;

  function drawPercentiles() {
    const element = document.getElementById('chart-percentiles');
    if (!element) return;
    percentiles?.dispose();
    element.style.height = (narrow() ? 56 : 34) + 260 + 34 + 'px';
    element.style.width = root.classList.contains('on-paper') ? '680px' : '';
    percentiles = echarts.init(element, null, { renderer: 'svg' });
    percentiles.setOption(percentileOption());
  }

  function chooseCurves() {
    const choice = document.getElementById('percentiles-of');
    if (!choice) return;
    for (const key of new Set(data.curves.map((c) => `${c.service}/${c.operation}`))) {
      const option = document.createElement('option');
      option.value = key;
      option.textContent = key === '/' ? 'all' : key.replace('/', ' ');
      choice.append(option);
    }
    choice.addEventListener('change', () => { curvesOf = choice.value; drawPercentiles(); });
  }

  // ---- drawing, zooming, reading -----------------------------------------------------------------------------------

  const visible = { from: data.fromMillis, to: data.toMillis };
  const busiest = data.operations
    .map((o, index) => ({ index, worst: Math.max(0, ...o.max.filter((v) => v != null)) }))
    .sort((a, b) => b.worst - a.worst);
  const shown = {
    operations: new Set(busiest.slice(0, OPERATIONS_SHOWN_AT_FIRST).map((o) => o.index)),
    quantiles: new Set(QUANTILES.map((q) => q.key)),
  };
  const selected = () =>
    Object.fromEntries(data.operations.flatMap((_, index) =>
      QUANTILES.map((q) => [`${index} ${q.key}`, shown.operations.has(index) && shown.quantiles.has(q.key)])));

  const charts = new Map();
  let hovered = '';
  let reading = Math.max(0, data.fromMillis);

  /** The line of time is drawn in every chart, but only the chart under the pointer, or in focus, opens a box. */
  function tip(id, params) {
    const first = Array.isArray(params) ? params[0] : params;
    return id === hovered && first ? momentAsTip(first.axisValue) : '';
  }

  function draw() {
    const paper = root.classList.contains('on-paper');
    for (const [id, option] of [['chart-response', responseOption], ['chart-locks', lockOption], ['chart-load', loadOption], ['chart-replicas', replicaOption], ['chart-server', serverOption]]) {
      const element = document.getElementById(id);
      if (!element) continue;
      charts.get(id)?.dispose();
      element.style.height = option.height() + 'px';
      element.style.width = paper ? '680px' : '';
      const chart = echarts.init(element, null, { renderer: 'svg' });
      chart.setOption(option());
      chart.on('datazoom', () => follow(chart));
      listen(chart, id);
      charts.set(id, chart);
    }
    drawPercentiles();
  }

  /** Whatever zoomed one chart (a wheel, two fingers, a button) zooms all. */
  function follow(chart) {
    const zoom = chart.getOption().dataZoom[0];
    const moved = Math.abs(zoom.startValue - visible.from) + Math.abs(zoom.endValue - visible.to);
    if (moved > 1) zoomTo(zoom.startValue, zoom.endValue);
    relabel(chart);
  }

  function relabel(chart) {
    const values = ticks();
    chart.setOption({ xAxis: chart.getOption().xAxis.map(() => ({ axisTick: { customValues: values }, axisLabel: { customValues: values } })) });
  }

  function zoomTo(from, to) {
    const span = Math.max(WINDOW_MIN_MILLIS, Math.min(to - from, data.toMillis - data.fromMillis));
    visible.from = Math.max(data.fromMillis, Math.min(from, data.toMillis - span));
    visible.to = visible.from + span;
    for (const chart of charts.values()) {
      chart.dispatchAction({ type: 'dataZoom', dataZoomIndex: 0, startValue: visible.from, endValue: visible.to });
    }
  }

  function zoomBy(factor, around = (visible.from + visible.to) / 2) {
    zoomTo(around - (around - visible.from) * factor, around + (visible.to - around) * factor);
  }

  function zoomToBands(bands) {
    if (!bands.length) return;
    const from = Math.min(...bands.map((b) => b.fromMillis));
    const to = Math.max(...bands.map((b) => b.toMillis));
    const margin = Math.max((to - from) * 0.15, 250);
    zoomTo(from - margin, to + margin);
  }

  /** Draws the line of time in all charts but the one that drew it itself. */
  /** Somewhere in a grid: between two rows the pointer is nowhere. */
  const pointerHeight = (id, chart) => (id === 'chart-server' ? SERVER_ROW / 2 : chart.getHeight() / 2);

  function pointTo(time, except) {
    for (const [id, chart] of charts) {
      if (id === except) continue;
      const x = chart.convertToPixel(mainAxis(id), time);
      chart.dispatchAction({ type: 'updateAxisPointer', currTrigger: 'mousemove', x, y: pointerHeight(id, chart) });
    }
  }

  function pointNowhere() {
    hovered = '';
    for (const chart of charts.values()) chart.dispatchAction({ type: 'updateAxisPointer', currTrigger: 'leave' });
  }

  const mainAxis = (id) => ({ xAxisIndex: id === 'chart-response' ? 1 : 0 });

  /** Drag across a chart to zoom into what was dragged over; double-click for the whole run. */
  function listen(chart, id) {
    const zr = chart.getZr();
    const timeAt = (x) => chart.convertFromPixel(mainAxis(id), x);
    let start = null;
    let veil = null;
    const end = () => { if (veil) zr.remove(veil); start = veil = null; };
    zr.on('mousedown', (e) => { if (e.event?.button === 0 || e.event?.buttons === 1) start = e.offsetX; });
    zr.on('mousemove', (e) => {
      pointTo(timeAt(e.offsetX), id);
      if (start === null || Math.abs(e.offsetX - start) < 5) return;
      const shape = { x: Math.min(start, e.offsetX), y: 0, width: Math.abs(e.offsetX - start), height: zr.getHeight() };
      if (!veil) zr.add((veil = new echarts.graphic.Rect({ silent: true, z: 100, style: { fill: color('op-0'), opacity: 0.15 } })));
      veil.setShape(shape);
    });
    zr.on('mouseup', (e) => {
      const from = veil && timeAt(Math.min(start, e.offsetX));
      const to = veil && timeAt(Math.max(start, e.offsetX));
      const dragged = veil !== null;
      end();
      if (dragged) zoomTo(Math.max(from, visible.from), Math.min(to, visible.to));
    });
    zr.on('globalout', () => { end(); pointNowhere(); });
    zr.on('dblclick', () => zoomTo(data.fromMillis, data.toMillis));
  }

  function readAt(id, time) {
    hovered = id;
    reading = Math.max(data.fromMillis, Math.min(time, data.toMillis - 1));
    if (reading < visible.from || reading > visible.to) {
      const half = (visible.to - visible.from) / 2;
      zoomTo(reading - half, reading + half);
    }
    pointTo(reading);
    document.getElementById('chart-readout').textContent = momentAsText(reading);
  }

  function onKey(event) {
    const id = event.currentTarget.id;
    const step = data.bucketMillis * (event.shiftKey ? 10 : 1);
    const actions = {
      ArrowRight: () => readAt(id, reading + step),
      ArrowLeft: () => readAt(id, reading - step),
      Home: () => readAt(id, visible.from),
      End: () => readAt(id, visible.to - data.bucketMillis),
      '+': () => zoomBy(0.5, reading),
      '=': () => zoomBy(0.5, reading),
      '-': () => zoomBy(2, reading),
      Escape: () => zoomTo(data.fromMillis, data.toMillis),
    };
    const action = !event.ctrlKey && !event.metaKey && !event.altKey && actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  // ---- controls ----------------------------------------------------------------------------------------------------

  function toggle(set, key, label, line) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    button.className = line ? 'operation' : 'quantile';
    if (line) button.style.setProperty('--line', `var(--op-${line.index % 8})`);
    const show = () => button.setAttribute('aria-pressed', String(set.has(key)));
    button.addEventListener('click', () => {
      if (!set.delete(key)) set.add(key);
      show();
      charts.get('chart-response').setOption({ legend: { selected: selected() } });
    });
    show();
    return button;
  }

  function controls() {
    const legend = document.getElementById('legend-response');
    if (legend) {
      const gap = document.createElement('span');
      gap.className = 'gap';
      legend.append(
        ...data.operations.map((o, index) => toggle(shown.operations, index, name(o), { index })), gap,
        ...QUANTILES.map((q) => toggle(shown.quantiles, q.key, q.label)));
    }
    const stage = (kind) => data.stages.filter((s) => s.kind === kind);
    const zooms = {
      all: () => zoomTo(data.fromMillis, data.toMillis),
      migration: () => zoomToBands(stage('migration')),
      rollback: () => zoomToBands(stage('rollback')),
      in: () => zoomBy(0.5),
      out: () => zoomBy(2),
    };
    for (const button of document.querySelectorAll('[data-zoom]')) {
      const kind = button.dataset.zoom;
      button.hidden = (kind === 'migration' || kind === 'rollback') && stage(kind).length === 0;
      button.addEventListener('click', zooms[kind]);
    }
    document.querySelector('.zoom').hidden = charts.size === 0;
    for (const button of document.querySelectorAll('button.show')) {
      button.hidden = charts.size === 0;
      button.addEventListener('click', () => {
        zoomToBands([{ fromMillis: Number(button.dataset.from), toMillis: Number(button.dataset.to) }]);
        document.getElementById('timeline').scrollIntoView({ behavior: 'smooth' });
      });
    }
    for (const element of document.querySelectorAll('#timeline .chart')) {
      element.addEventListener('keydown', onKey);
      // Before the chart itself hears of the pointer: it asks for its box but once for each place.
      element.addEventListener('pointerenter', () => { hovered = element.id; });
    }
  }

  function redrawOnPaper(paper) {
    if (root.classList.contains('on-paper') === paper) return;
    root.classList.toggle('on-paper', paper);
    draw();
  }

  draw();
  controls();
  chooseCurves();
  let width = window.innerWidth;
  window.addEventListener('resize', () => {
    if (window.innerWidth === width || root.classList.contains('on-paper')) return;
    width = window.innerWidth;
    draw();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  matchMedia('print').addEventListener('change', (e) => redrawOnPaper(e.matches));
  window.addEventListener('beforeprint', () => redrawOnPaper(true));
  window.addEventListener('afterprint', () => redrawOnPaper(false));
})();
