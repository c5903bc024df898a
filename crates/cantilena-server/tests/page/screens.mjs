// Every size of screen, and those who see or move otherwise.

import { fits, isAccessible, opened, shot, visit } from "./harness.mjs";

export const tests = (main) => ({
  async "it fits a phone, and the smallest screens"() {
    for (const width of [360, 320]) {
      const { page, leave } = await visit(main.url, { viewport: { width, height: 740 }, hasTouch: true, isMobile: true });
      await opened(page);
      await fits(page, width);
      await shot(page, `phone-${width}`);
      await shot(page, `phone-${width}-whole`, { fullPage: true });
      await page.click("#room-train");
      await fits(page, width);
      await shot(page, `phone-${width}-train`);
      await isAccessible(page, `a phone of ${width} pixels`);
      await leave();
    }
  },

  async "it fits 200 % of zoom, a tablet and a wall"() {
    for (const [name, width, height] of [["zoomed", 640, 400], ["tablet", 900, 1100], ["wall", 3840, 2160]]) {
      const { page, leave } = await visit(main.url, { viewport: { width, height } });
      await opened(page);
      await fits(page, width);
      await shot(page, name);
      await leave();
    }
  },

  async "who wants no motion sees the cursor go from bar to bar"() {
    const { page, leave } = await visit(main.url, { reducedMotion: "reduce", colorScheme: "dark", forcedColors: "active" });
    await opened(page);
    await page.click("#play");
    await page.waitForFunction(() => Number(document.querySelector("#seek").value) > 0.3);
    await shot(page, "forced-colours");
    await page.click("#play");
    await leave();
  },
});
