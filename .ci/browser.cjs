// Reads every page below a folder as axe and a narrow screen would.
const fs = require('fs'), path = require('path'), os = require('os');
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

function pages(dir) {
  return fs.readdirSync(dir, { withFileTypes: true }).flatMap(e => {
    const name = path.join(dir, e.name);
    return e.isDirectory() ? pages(name) : name.endsWith('.html') ? [name] : [];
  }).sort();
}

(async () => {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  let faults = 0, read = 0;
  for (const file of pages(process.argv[2])) {
    const fault = text => { faults++; console.log(`${path.relative(process.argv[2], file)}: ${text}`); };
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    page.on('request', r => { if (!r.url().startsWith('file:') && !r.url().startsWith('data:')) fault(`fetches ${r.url()}`); });
    await page.goto('file://' + file);
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate(axe);
      const result = await page.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
      for (const v of result.violations) fault(`${v.id} at ${width} px: ${v.help}: ${v.nodes.length} × ${v.nodes[0].html.slice(0, 160)}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) fault(`${wide} px wider than a screen of ${width} px`);
    }
    await context.close();
    read++;
  }
  await browser.close();
  console.log(`${read} pages, ${faults} faults`);
  process.exit(faults || !read ? 1 : 0);
})().catch(e => { console.error(e); process.exit(1); });
