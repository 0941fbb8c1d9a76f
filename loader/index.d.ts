// Types of the widget's public API.

/** What `window.BandyerChat`, the package's default export, is. */
export interface BandyerChatApi {
  /**
   * Connects, and mounts the widget. One instance per page.
   *
   * Throws an {@link InvalidConfigError} at once when an option is not valid. Everything else rejects:
   * - `EnvironmentNotValidError`: `environment` is neither `sandbox` nor `production`
   * - message `WIDGET_INSTANCE_ALREADY_INITIATED`: there is one, or one is being created
   * - message `browser_not_supported`
   * - `SocketConnectionError`: the server refused the token; `code` says why
   * - `ServerInternalError` with the message `socket_communication_center_server_not_reachable`,
   *   `socket_communication_center_connection_failed` or `socket_communication_center_version_deprecated`
   *
   * After a failure it may be called again.
   */
  create(options: CreateOptions): Promise<Client>;

  /** Disconnects and takes the widget off the page. Resolves always, also without an instance. */
  logout(): Promise<void>;

  /** Whether there is a session. A session that only reconnects counts; one that expired does not. */
  isAuthenticated(): boolean;

  /** `"1.45.0"` */
  version(): string;

  /** A new token for the running session. Rejects with a {@link WidgetError} when it is refused. */
  updateAccessToken(accessToken: string): Promise<{ expiresAt: string }>;

  /** Creates a chat, or finds it; shows and opens the widget. Rejects with `code: 'create_channel_oto_error'`. */
  addChat(userAlias: string): Promise<void>;

  /** Removes the chat and all its messages, for both users. Rejects with `code: 'delete_channel_error'`. */
  removeChat(userAlias: string): Promise<void>;

  /** Makes the chat the open conversation. Rejects with `name: 'channel_not_found'`. */
  selectChat(userAlias: string): Promise<void>;

  /**
   * With `send`, sends the message and shows nothing. Without, opens the conversation with the message in its
   * composer. Rejects with `name: 'channel_not_found'`, or `code: 'invalid_message'` for an empty or overlong one.
   */
  composeMessage(userAlias: string, message: string, send: boolean): Promise<void>;

  /** The user's chats, the one with the newest message first. */
  getChats(): ChatInfo[];

  /** The chats that have unread messages. */
  getUnreadMessages(): UnreadMessages[];

  /** Of this session. */
  getLastMessageReceived(): Message | null;

  /** Of this session. */
  getLastMessageSent(): Message | null;

  /** Rejects with `code: 3096` when there is no such user. Works without the chat module. */
  getUser(userAlias: string): Promise<UserStatus>;

  /** Everybody who is there, oneself included. Works without the chat module. */
  getUsersStatusList(): Promise<UserStatus[]>;

  showWidget(): true;
  hideWidget(): true;
  openWidget(): true;
  closeWidget(): true;
  toggleWidget(): true;

  /** Where the screen sharing extension can be installed. May be called before `create`. */
  setExtensionUrl(url: string): void;

  /**
   * Calls one user: shows the widget, rings there, and resolves while it still rings. Rejects with a plain string,
   * one of {@link CallErrorCode}.
   */
  createCall(participants: string[], options?: CallOptionsInput | null): Promise<Call>;

  /** Enters the call of a link that `POST /rest/room/create` made for this user. Rejects like {@link createCall}. */
  joinCallURL(url: string): Promise<Call>;
}

export interface CreateOptions {
  /** From your own back end, which asks the server for it. */
  accessToken: string;
  /** In any case. */
  environment: 'sandbox' | 'production' | (string & {});
  /** Starts without showing anything; default false. */
  hidden?: boolean;
  /** The texts; without it, the browser's language if there are texts in it, else Italian. */
  language?: 'it' | 'en' | (string & {});
  /** Colours and font. Setting any colour keeps the widget from following the system's dark mode. */
  layout?: Layout;
  /** What is enabled. Left out: everything. Given: only what is truthy in it. */
  tools?: Tools;
  /** More about users than the server knows; waited for 1200 ms. */
  userDetailsProvider?: (userAliases: string[]) => Promise<UserDetails[]>;
  /** How a user is called on screen; the alias, when this throws or gives no string. */
  userDetailsFormatter?: (user: UserDetails) => string;

  /** The element to live in. Without it, the lower right corner of the page. */
  container?: Element;
  /** Runs in a frame with a page of the server's. Or in this frame of yours. */
  iframe?: boolean | HTMLIFrameElement;
  /** The server's address, where it is not the one that the script came from. Needed in a bundle. */
  serverUrl?: string;

  /** What calls of this user begin with, and which call buttons conversations show. `audio_video` by default. */
  callType?: CallType | (string & {});
  /**
   * Where calls take place: in the widget, or, with `window`, in a window of their own, which opens within the click that
   * calls or answers and goes on without this page. On phones and tablets calls are in the widget. `embed` by default.
   */
  mode?: 'embed' | 'window' | (string & {});
  record?: boolean;
  recordingType?: RecordingType;
  isAdmin?: boolean;
  feedback?: boolean;
  virtualBackground?: false | 'blur' | 'image';
  screenSharingExtensionId?: string;
  screenSharingExtensionURL?: string;

  /** @deprecated the token names the user */
  userAlias?: string;
  /** @deprecated the token names the company */
  appId?: string;
  /** @deprecated use `tools` */
  chat?: boolean;
}

export interface Paint {
  /** Any CSS background. */
  background?: string;
  /** Any CSS colour. */
  color?: string;
}

export interface Layout {
  header?: Paint;
  headerButton?: Paint;
  body?: Paint;
  launcher?: Paint;
  messageSent?: Paint;
  messageReceived?: Paint;
  dial?: Paint;
  call?: Paint;
  feedback?: { body?: Paint; buttons?: Paint };
  fontFamily?: string;
}

export interface Tools {
  chat?: boolean;
  screen_sharing?: boolean;
  file_upload?: boolean;
  whiteboard?: boolean | WhiteboardTools;
  snapshot?: boolean;
  live_edit?: boolean;
  live_pointer?: boolean;
}

export interface WhiteboardTools {
  wb_add_file?: boolean;
  wb_cursor?: boolean;
  wb_text?: boolean;
  wb_shape?: boolean;
  wb_pen?: boolean;
  wb_eraser?: boolean;
}

export interface UserDetails {
  userAlias: string;
  firstName?: string;
  lastName?: string;
  email?: string;
  /** Address of a picture. */
  image?: string;
  [key: string]: unknown;
}

/** What `create` resolves with. */
export interface Client {
  on<Name extends keyof ClientEvents>(name: Name, listener: Listener<Name>): this;
  addListener<Name extends keyof ClientEvents>(name: Name, listener: Listener<Name>): this;
  once<Name extends keyof ClientEvents>(name: Name, listener: Listener<Name>): this;
  off<Name extends keyof ClientEvents>(name: Name, listener: Listener<Name>): this;
  removeListener<Name extends keyof ClientEvents>(name: Name, listener: Listener<Name>): this;
  /** Of one event, or of all. */
  removeAllListeners(name?: keyof ClientEvents): this;
  /** Whether anybody listened. */
  emit<Name extends keyof ClientEvents>(name: Name, ...payload: Parameters<Listener<Name>>): boolean;
  listenerCount(name: keyof ClientEvents): number;

  readonly userAlias: string;
  readonly environment: 'sandbox' | 'production';
  readonly callType: CallType;
  readonly appId: string | undefined;
  readonly screenSharingExtensionId: string;
}

type Listener<Name extends keyof ClientEvents> = (payload: ClientEvents[Name]) => void;

export interface ClientEvents {
  /** Once for every chat there is, and for every one added later. */
  chat_loaded: ChatLoaded;
  typing_started: { userAlias: string; chat: string; participants: string[] };
  message_sent: Message;
  message_received: Message;
  /** The last message that the other user has read. */
  message_read: Message;
  user_connected: UserStatus;
  user_disconnected: UserStatus;
  access_token_is_about_to_expire: { expiresAt: string };
  access_token_expired: { expiresAt: string };
  force_disconnect: { reason: 'user_deleted' | 'user_disabled' };
  /** A call was created by this user (`outgoing`) or rings at them (`incoming`). */
  incoming_call: IncomingCall;
  call_dial_answered: CallEvent & { executor: string };
  call_dial_declined: CallEvent & { executor: string; reason: DeclineReason };
  call_dial_stopped: CallEvent & { executor: string; reason: StopReason };
  call_started: CallEvent;
  /** Without `executor` when nobody hung up: the call was over when this widget came back to it. */
  call_ended: CallEvent & { executor?: string };
}

export type Presence = 'online' | 'busy' | 'offline';

export interface UserStatus {
  userAlias: string;
  status: Presence;
}

export interface Message {
  id: string;
  /** Identifies the chat. */
  chat: string;
  /** The other user. */
  participants: string[];
  text: string;
  timestamp: Date;
  /** Who wrote it. */
  sender: string;
}

/** Empty in a chat where nothing was written. */
export type LastMessage<Time> = { author: string; message: string; timestamp: Time } | Record<string, never>;

export interface ChatInfo {
  chat: string;
  unreadMessages: number;
  /** The other user. */
  participants: string[];
  /** Of a long text the first 256 characters, until its conversation was opened. */
  lastMessage: LastMessage<Date>;
}

export interface UnreadMessages {
  chat: string;
  unreadMessages: number;
}

export interface ChatLoaded {
  chat: string;
  /** Both users. */
  participants: string[];
  /** Its time is an ISO 8601 text. */
  lastMessage: LastMessage<string>;
  dateCreated: Date;
  createdBy: string;
  unreadMessages: number;
}

export type CallType = 'audio_only' | 'audio_upgradable' | 'audio_video';
export type RecordingType = 'manual' | 'automatic';
export type DeclineReason = 'none' | 'do_not_disturb' | 'no_answer' | 'error' | 'answered_another_call';

export type StopReason =
  | 'none'
  | 'error'
  | 'hangup'
  | 'declined'
  | 'answered_on_another_device'
  | 'declined_on_another_device'
  | 'dial_timeout'
  | 'answered_another_call';

export interface CallOptionsInput {
  /** That of `create` by default. */
  callType?: CallType;
  /** The same; `callType` wins. */
  call_type?: CallType;
  record?: boolean;
  recording?: boolean;
  recordingType?: RecordingType;
  isAdmin?: boolean;
}

export interface CallOptions {
  record: boolean;
  recordingType: RecordingType;
  /** ISO 8601. */
  creationDate: string;
  callType: CallType;
  live: boolean;
}

export interface Call {
  callAlias: string;
  callDirection: 'incoming' | 'outgoing';
  /** Both, this user included. */
  callParticipants: string[];
  /** Changes with the call. */
  readonly callStatus: 'dialing' | 'connected' | 'ended';
  callOptions: CallOptions;
  /** Stops the ring, or ends the call for both. On one that is over: an `Error`, `HANG_UP_ON_ENDED_CALL`. */
  hangUp(): Promise<void>;
}

export interface CallEvent {
  event: string;
  callAlias: string;
  callDirection: 'incoming' | 'outgoing';
  callParticipants: string[];
  callOptions: CallOptions;
}

/**
 * The call that rings, for a page that answers it by itself: the view that asks may lie under a dialog of yours. Its methods
 * are not enumerable, so that the event can be copied and sent on.
 */
export interface IncomingCall extends CallEvent {
  /** Changes with the call. */
  readonly callStatus: 'dialing' | 'connected' | 'ended';
  /**
   * Accepts, like the green button; resolves when this device is in. Rejects with an `Error`: `invalid_call_status` when it
   * does not ring here (any more), `dial_answer_error` when another device of this user was faster, or the server refused.
   */
  answer(): Promise<void>;
  /** Declines, like the red button. Rejects with an `Error`, `invalid_call_status`, when it does not ring here (any more). */
  decline(): Promise<void>;
  /** As that of {@link Call}. */
  hangUp(): Promise<void>;
}

/** Calls reject with one of these as a plain string. */
export type CallErrorCode =
  | 'ANOTHER_CALL_IN_PROGRESS'
  | 'INITIATOR_NOT_AVAILABLE'
  | 'USERS_BUSY_ERROR'
  | 'INVALID_PERMISSION_CAN_VIDEO'
  | 'JOIN_CALL_INVALID_URL'
  | 'JOIN_CALL_REQUEST_FAILED'
  | 'JOIN_CALL_INVALID_MTM'
  | 'GENERIC_CALL_ERROR';

/** Every rejection but those of calls. */
export interface WidgetError extends Error {
  code?: string | number;
  /** The server's word for it. */
  reason?: string;
  errors?: { code: string; message: string }[];
}

/** Thrown by `create`, by this name; there is no class to compare with. */
export interface InvalidConfigError extends Error {
  name: 'InvalidConfigError';
}

/** Thrown by methods that need a session, by this name. */
export interface NotInitialisedError extends Error {
  name: 'BandyerChatWidgetNotAuthenticated';
}

declare const BandyerChat: BandyerChatApi;
export default BandyerChat;

declare global {
  /** With the script tag. */
  var BandyerChat: BandyerChatApi;

  interface Window {
    BandyerChat: BandyerChatApi;
  }
}
