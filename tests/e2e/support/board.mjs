// Words of scenes about the whiteboard, on top of those about calls.

import { User } from './user.mjs';

Object.assign(User.prototype, {
  /** The board, in full screen where it needs that. */
  async opensBoard() {
    // It is there at once where the call has the whole page.
    if (!(await this.get('call-board').count())) await this.get('call-fullscreen').click();
    await this.get('call-board').click();
    await this.ui().locator('[data-testid="board"][data-open="true"]').waitFor();
  },

  /** A press there, moves through all of these places, in pixels of the board, and a release. */
  async draws(...places) {
    const box = await this.get('board-canvas').boundingBox();
    const [first, ...rest] = places.map(([x, y]) => [box.x + x, box.y + y]);
    await this.page.mouse.move(...first);
    await this.page.mouse.down();
    for (const place of rest) await this.page.mouse.move(...place, { steps: 6 });
    await this.page.mouse.up();
  },

  async takes(tool) { await this.get(`board-${tool}`).click(); },

  /** What is painted at that place of the board, as `[red, green, blue]`. */
  colourAt(x, y) {
    return this.ui().locator('[data-testid="board-surface"] canvas').first().evaluate((canvas, [x, y]) => {
      const scale = canvas.width / canvas.clientWidth;
      return [...canvas.getContext('2d').getImageData(Math.round(x * scale), Math.round(y * scale), 1, 1).data].slice(0, 3);
    }, [x, y]);
  },

  /** The names of what is on the page, the frontmost first. */
  shapes() {
    return this.get('board-shapes').evaluateAll(([list]) => (list ? [...list.children].map((one) => one.textContent) : []));
  },
});

