// Draws one small chart a figure from the JSON in #report-data (the Java record IndexPage.Data): a dot a run, in the order of time.
(() => {
  'use strict';

  const data = JSON.parse(document.getElementById('report-data').textContent);
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  const duration = (millis) =>
    millis < 9.95 ? millis.toFixed(1) + ' ms' : millis < 999.5 ? millis.toFixed(0) + ' ms' : (millis / 1000).toFixed(2) + ' s';
  const charts = data.charts.map((chart) => [chart, echarts.init(document.getElementById(chart.id), null, { renderer: 'canvas' })]);

  function draw() {
    for (const [chart, drawn] of charts) {
      const mark = (index, type) => ({ xAxis: index - 0.5, lineStyle: { type, width: type === 'solid' ? 1.6 : 1, color: type === 'solid' ? color('failed') : color('faint') } });
      drawn.setOption({
        animation: false, backgroundColor: 'transparent', textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
        aria: { enabled: true, label: { description: chart.figure + ', by run; the figures are in the table below.' } },
        title: { text: chart.figure, textStyle: { fontSize: 13, lineHeight: 17, fontWeight: 600, color: color('ink'), width: 340, overflow: 'break' } },
        grid: { left: 62, right: 12, top: 44, bottom: 24 },
        xAxis: {
          type: 'value', min: -0.5, max: chart.dots.length - 0.5, splitLine: { show: false },
          axisLabel: { color: color('soft'), customValues: [0, chart.dots.length - 1], formatter: (i) => (chart.dots[i]?.at ?? '').slice(0, 10) },
          axisTick: { show: false }, axisLine: { onZero: false, lineStyle: { color: color('rule') } },
        },
        yAxis: { type: 'value', min: 0, splitNumber: 3, axisLabel: { color: color('soft'), formatter: duration }, splitLine: { lineStyle: { color: color('rule') } } },
        tooltip: {
          trigger: 'item', confine: true, backgroundColor: color('paper'), borderColor: color('rule'), textStyle: { color: color('ink') },
          formatter: (p) => `${chart.dots[p.dataIndex].at}<br>${chart.dots[p.dataIndex].verdict}, <b>${duration(p.value[1])}</b>`,
        },
        series: [{
          type: 'line', symbol: 'circle', symbolSize: 7, lineStyle: { color: color('rule'), width: 1 },
          data: chart.dots.map((dot, i) => ({ value: [i, dot.millis], itemStyle: { color: color(dot.verdict) } })),
          markLine: {
            silent: true, symbol: 'none', label: { show: false },
            data: [...chart.changes.map((i) => mark(i, 'solid')), ...chart.conditionsChanged.map((i) => mark(i, 'dashed'))],
          },
        }],
      }, true);
    }
  }

  draw();
  addEventListener('resize', () => charts.forEach(([, drawn]) => drawn.resize()));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
})();
