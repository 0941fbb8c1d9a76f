// Types of `require('@bandyer/bandyer-chat-widget')`.

import type { BandyerChatApi } from './index.d.ts' with { 'resolution-mode': 'import' };

declare const BandyerChat: BandyerChatApi;
export = BandyerChat;
