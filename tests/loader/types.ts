// Compiled, never run: the types allow what they should and refuse what they should.

import BandyerChat, { type BandyerChatApi, type CallErrorCode, type Client, type WidgetError } from '../../loader/index.js';

export async function allowed(element: Element, frame: HTMLIFrameElement): Promise<void> {
  const client: Client = await BandyerChat.create({
    accessToken: 'jwt',
    environment: 'sandbox',
    hidden: true,
    language: 'en',
    layout: { header: { background: '#fff', color: 'red' }, feedback: { body: { color: 'red' } }, fontFamily: 'serif' },
    tools: { chat: true, whiteboard: { wb_pen: true }, file_upload: false },
    userDetailsProvider: async (aliases) => aliases.map((userAlias) => ({ userAlias, team: 'red' })),
    userDetailsFormatter: (user) => `${user.firstName ?? user.userAlias} ${String(user.team)}`,
    container: element,
    iframe: frame,
    serverUrl: 'https://chat.example.com',
    virtualBackground: 'blur',
    recordingType: 'manual',
  });
  client
    .on('message_received', ({ text, timestamp }) => text.length + timestamp.getTime())
    .once('force_disconnect', ({ reason }) => reason === 'user_deleted')
    .removeAllListeners('typing_started');
  client.emit('user_connected', { userAlias: 'a', status: 'online' });
  await BandyerChat.composeMessage('bob', 'hello', true);
  const [chat] = BandyerChat.getChats();
  const when: Date | undefined = chat?.lastMessage.timestamp;
  const ok: boolean = BandyerChat.showWidget();
  await BandyerChat.createCall(['bob']).catch((code: CallErrorCode) => code === 'USERS_BUSY_ERROR');
  await BandyerChat.addChat('bob').catch((error: WidgetError) => error.code);
  const { expiresAt } = await BandyerChat.updateAccessToken('jwt');
  const same: BandyerChatApi = window.BandyerChat;
  const bare: string = globalThis.BandyerChat.version();
  void [when, ok, expiresAt.length, same, bare];
}

export function refused(): void {
  // @ts-expect-error a token is needed
  void BandyerChat.create({ environment: 'sandbox' });
  // @ts-expect-error not a boolean
  void BandyerChat.create({ accessToken: 'jwt', environment: 'sandbox', hidden: 'yes' });
  // @ts-expect-error not one of the two
  void BandyerChat.create({ accessToken: 'jwt', environment: 'sandbox', virtualBackground: true });
  // @ts-expect-error an argument is missing
  void BandyerChat.composeMessage('bob', 'hello');
  // @ts-expect-error no such event
  void BandyerChat.create({ accessToken: 'jwt', environment: '' }).then((client) => client.on('message', () => {}));
  // @ts-expect-error no such method
  void BandyerChat.destroy();
}
