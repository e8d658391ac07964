// Draws times against rows from the JSON in #report-data (the Java record SweepReport.Data).
(() => {
  'use strict';

  const data = JSON.parse(document.getElementById('report-data').textContent);
  const element = document.getElementById('chart');
  if (!element) return;
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  const escape = (text) =>
    String(text).replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]);
  const duration = (millis) =>
    millis < 9.95 ? millis.toFixed(1) + ' ms' : millis < 999.5 ? millis.toFixed(0) + ' ms' : millis < 119950 ? (millis / 1000).toFixed(1) + ' s' : (millis / 60000).toFixed(1) + ' min';
  const magnitude = (rows) => (rows >= 1e9 ? rows / 1e9 + ' G' : rows >= 1e6 ? rows / 1e6 + ' M' : rows >= 1e3 ? rows / 1e3 + ' k' : String(rows));
  const chart = echarts.init(element, null, { renderer: 'canvas' });

  function draw() {
    const series = data.curves.flatMap((curve, i) => {
      const ink = color('op-' + i);
      const line = (column, type) => ({
        name: curve.name, type: 'line', showSymbol: false, silent: true, tooltip: { show: false },
        lineStyle: { color: ink, width: type === 'solid' ? 1.6 : 1, type }, itemStyle: { color: ink }, data: curve.line.map((p) => [p[0], p[column]]),
      });
      return [line(1, 'solid'), line(2, 'dashed'), line(3, 'dashed'),
        { name: curve.name, type: 'scatter', symbolSize: 9, itemStyle: { color: ink }, data: curve.dots }];
    });
    chart.setOption({
      animation: false, backgroundColor: 'transparent', textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      aria: { enabled: true, label: { description: 'Times against rows, measured and fitted; the figures are in the sentences and the table.' } },
      legend: { top: 0, left: 0, textStyle: { color: color('ink') } },
      grid: { left: 70, right: 30, top: 44, bottom: 44 },
      xAxis: { type: 'log', name: 'rows of ' + data.table, nameLocation: 'middle', nameGap: 28, nameTextStyle: { color: color('soft') }, min: 'dataMin', max: 'dataMax',
        axisLabel: { color: color('soft'), formatter: magnitude }, splitLine: { show: false } },
      yAxis: { type: 'log', axisLabel: { color: color('soft'), formatter: duration }, splitLine: { lineStyle: { color: color('rule') } } },
      tooltip: { trigger: 'item', confine: true, backgroundColor: color('paper'), borderColor: color('rule'), textStyle: { color: color('ink') },
        formatter: (p) => `${escape(p.seriesName)}<br>${magnitude(p.value[0])} rows: <b>${duration(p.value[1])}</b>` },
      series,
    }, true);
  }

  draw();
  addEventListener('resize', () => chart.resize());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
})();
