// Compiled, never run: what `require` gives is the API itself.

import BandyerChat = require('../../loader/index.cjs');

const version: string = BandyerChat.version();
// @ts-expect-error there is no default export here
void BandyerChat.default;
void version;
