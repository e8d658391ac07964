'use strict';

// The search: every heading with the text below it is an entry. All words have to be there; in a heading they count for more.
(() => {
  const MOST = 30;
  const AROUND = 70;
  const main = document.getElementById('content');
  const form = document.getElementById('search');
  const query = document.getElementById('query');
  const results = document.getElementById('results');
  const found = document.getElementById('found');
  const contents = document.getElementById('contents');

  const entries = [];
  for (const article of main.querySelectorAll('article')) {
    let chapter = '';
    for (const element of article.children) {
      if (/^H[2-6]$/.test(element.tagName)) {
        chapter = chapter || element.textContent;
        entries.push({ id: element.id, chapter, title: element.textContent, text: '' });
      } else if (entries.length) {
        entries[entries.length - 1].text += ' ' + element.textContent;
      }
    }
  }
  for (const entry of entries) {
    entry.text = entry.text.replace(/\s+/g, ' ').trim();
    entry.lowTitle = entry.title.toLowerCase();
    entry.lowText = entry.text.toLowerCase();
  }

  function score(entry, words) {
    let sum = 0;
    for (const word of words) {
      const inTitle = entry.lowTitle.includes(word);
      const times = entry.lowText.split(word).length - 1;
      if (!inTitle && times === 0) return 0;
      sum += (entry.lowTitle === word ? 100 : inTitle ? 30 : 0) + Math.min(times, 5);
    }
    return sum;
  }

  function marked(parent, text, words) {
    const low = text.toLowerCase();
    const places = words.map((word) => low.indexOf(word)).filter((place) => place >= 0);
    const first = places.length ? Math.min(...places) : 0;
    const from = Math.max(0, first - AROUND);
    const part = text.slice(from, first + 3 * AROUND);
    if (from > 0) parent.append('… ');
    let at = 0;
    while (at < part.length) {
      const rest = part.slice(at).toLowerCase();
      const next = words
        .map((word) => ({ word, place: rest.indexOf(word) }))
        .filter((hit) => hit.place >= 0)
        .sort((a, b) => a.place - b.place)[0];
      if (!next) break;
      parent.append(part.slice(at, at + next.place));
      const mark = document.createElement('mark');
      mark.textContent = part.slice(at + next.place, at + next.place + next.word.length);
      parent.append(mark);
      at += next.place + next.word.length;
    }
    parent.append(part.slice(at));
    if (first + 3 * AROUND < text.length) parent.append(' …');
  }

  function show() {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    results.replaceChildren();
    results.hidden = words.length === 0;
    if (!words.length) {
      found.textContent = '';
      return;
    }
    const hits = entries
      .map((entry, place) => ({ entry, place, score: score(entry, words) }))
      .filter((hit) => hit.score > 0)
      .sort((a, b) => b.score - a.score || a.place - b.place);
    found.textContent =
      hits.length === 0
        ? 'Nothing has all of these words.'
        : (hits.length === 1 ? '1 section' : hits.length + ' sections') + (hits.length > MOST ? ', the first ' + MOST + ' of them:' : ':');
    for (const { entry } of hits.slice(0, MOST)) {
      const item = document.createElement('li');
      const link = document.createElement('a');
      link.href = '#' + entry.id;
      link.textContent = entry.title;
      item.append(link);
      if (entry.chapter !== entry.title) {
        const where = document.createElement('span');
        where.className = 'where';
        where.textContent = ' in ' + entry.chapter;
        item.append(where);
      }
      if (entry.text) {
        const text = document.createElement('p');
        marked(text, entry.text, words);
        item.append(text);
      }
      results.append(item);
    }
  }

  query.addEventListener('input', show);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const first = results.querySelector('a');
    if (first) first.click();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && document.activeElement !== query && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      query.focus();
    } else if (event.key === 'Escape' && query.value) {
      query.value = '';
      show();
    }
  });
  // On a narrow screen the contents would be several screens of links before the first sentence.
  if (window.matchMedia('(max-width: 999px)').matches) contents.open = false;
  form.hidden = false;
})();
