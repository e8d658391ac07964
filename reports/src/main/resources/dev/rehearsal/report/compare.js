// Draws the slowest response of each run over time from the JSON in #report-data (the Java record ComparisonHtml.Data).
(() => {
  'use strict';

  const data = JSON.parse(document.getElementById('report-data').textContent);
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  const escape = (text) =>
    String(text).replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]);
  const duration = (millis) =>
    millis < 9.95 ? millis.toFixed(1) + ' ms' : millis < 999.5 ? millis.toFixed(0) + ' ms' : (millis / 1000).toFixed(2) + ' s';
  const clock = (millis) => {
    const seconds = Math.round(Math.abs(millis) / 1000);
    return (millis < 0 && seconds ? '−' : '') + Math.floor(seconds / 60) + ':' + String(seconds % 60).padStart(2, '0');
  };
  const chart = echarts.init(document.getElementById('chart'), null, { renderer: 'canvas' });

  function draw() {
    chart.setOption({
      animation: false,
      backgroundColor: 'transparent',
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      aria: { enabled: true, label: { description: data.description } },
      legend: { top: 0, left: 0, textStyle: { color: color('ink') } },
      grid: { left: 62, right: 16, top: 44, bottom: 28 },
      xAxis: {
        type: 'value', min: data.fromMillis, max: data.fromMillis + data.bucketMillis * data.lines[0].slowestMillis.length,
        axisLabel: { color: color('soft'), formatter: clock }, splitLine: { show: false },
      },
      yAxis: {
        type: 'log', axisLabel: { color: color('soft'), formatter: duration }, splitLine: { lineStyle: { color: color('rule') } },
      },
      tooltip: {
        trigger: 'axis', confine: true, backgroundColor: color('paper'), borderColor: color('rule'), textStyle: { color: color('ink') },
        formatter: (points) => clock(points[0].value[0]) + points
          .map((p) => `<br>${p.marker}${escape(p.seriesName)} <b>${p.value[1] == null ? '–' : duration(p.value[1])}</b>`).join(''),
      },
      dataZoom: [{ type: 'inside', zoomOnMouseWheel: 'ctrl' }],
      series: data.lines.map((line, i) => ({
        name: line.label, type: 'line', step: 'end', showSymbol: false, connectNulls: false,
        lineStyle: { width: 1.6, color: color('op-' + (i % 8)) }, itemStyle: { color: color('op-' + (i % 8)) },
        data: line.slowestMillis.map((slowest, bucket) => [data.fromMillis + bucket * data.bucketMillis, slowest == null ? null : Math.max(slowest, 0.1)]),
        markLine: i > 0 ? undefined : {
          silent: true, symbol: 'none', lineStyle: { color: color('faint'), type: 'solid' },
          label: { formatter: 'migration', color: color('soft') }, data: [{ xAxis: 0 }],
        },
      })),
    }, true);
  }

  draw();
  addEventListener('resize', () => chart.resize());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
})();
