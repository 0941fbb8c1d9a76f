//! The names of all texts; the texts themselves are in `locales/`.

macro_rules! texts {
    ($($name:ident = $key:literal,)*) => {
        /// One text of the widget, whatever the language. The order is that of the sorted keys.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Text {
            $($name,)*
        }

        impl Text {
            pub const ALL: &'static [Text] = &[$(Text::$name,)*];

            /// Its key in `locales/*.json`.
            pub fn key(self) -> &'static str {
                match self {
                    $(Text::$name => $key,)*
                }
            }
        }
    };
}

texts! {
    AttachAdd = "attach.add",
    AttachDropHint = "attach.drop_hint",
    AttachDropTitle = "attach.drop_title",
    ChatListAll = "chat_list.all",
    ChatListFilterAll = "chat_list.filter_all",
    ChatListFilterOnline = "chat_list.filter_online",
    ChatListLabel = "chat_list.label",
    ChatListLoading = "chat_list.loading",
    ChatListNoMatchHint = "chat_list.no_match_hint",
    ChatListNoMatchTitle = "chat_list.no_match_title",
    ChatListNoneHint = "chat_list.none_hint",
    ChatListNoneTitle = "chat_list.none_title",
    ChatListOffHint = "chat_list.off_hint",
    ChatListOffTitle = "chat_list.off_title",
    ChatListOnline = "chat_list.online",
    ChatListSearch = "chat_list.search",
    ChatListSearchClear = "chat_list.search_clear",
    ChatListUnreadOne = "chat_list.unread_one",
    ChatListUnreadOther = "chat_list.unread_other",
    ChatListYou = "chat_list.you",
    ComposerLabel = "composer.label",
    ComposerPlaceholder = "composer.placeholder",
    ComposerSend = "composer.send",
    ComposerTooLong = "composer.too_long",
    DatesNow = "dates.now",
    DatesToday = "dates.today",
    DatesYesterday = "dates.yesterday",
    FileCancel = "file.cancel",
    FileDownload = "file.download",
    FilePreview = "file.preview",
    FileUploading = "file.uploading",
    HeaderBack = "header.back",
    HeaderConnecting = "header.connecting",
    HeaderOffline = "header.offline",
    InactiveClose = "inactive.close",
    InactiveDeletedHint = "inactive.deleted_hint",
    InactiveDeletedTitle = "inactive.deleted_title",
    InactiveDisabledHint = "inactive.disabled_hint",
    InactiveDisabledTitle = "inactive.disabled_title",
    InactiveExpiredHint = "inactive.expired_hint",
    InactiveExpiredTitle = "inactive.expired_title",
    LauncherClose = "launcher.close",
    LauncherLoading = "launcher.loading",
    LauncherOpen = "launcher.open",
    LauncherUnreadOne = "launcher.unread_one",
    LauncherUnreadOther = "launcher.unread_other",
    LoadingHint = "loading.hint",
    LoadingTitle = "loading.title",
    MessageDiscard = "message.discard",
    MessageFailed = "message.failed",
    MessageMe = "message.me",
    MessagePending = "message.pending",
    MessageRead = "message.read",
    MessageRetry = "message.retry",
    MessageSent = "message.sent",
    NetworkOffline = "network.offline",
    NetworkOnline = "network.online",
    NoticeChatRemoved = "notice.chat_removed",
    NoticeDismiss = "notice.dismiss",
    NoticeDownloadFailed = "notice.download_failed",
    NoticeFileTooLarge = "notice.file_too_large",
    NoticeMessageTooLong = "notice.message_too_long",
    NoticeNotSent = "notice.not_sent",
    NoticeRateLimited = "notice.rate_limited",
    NoticeUploadFailed = "notice.upload_failed",
    PanelLabel = "panel.label",
    StatusBusy = "status.busy",
    StatusOffline = "status.offline",
    StatusOnline = "status.online",
    StatusTyping = "status.typing",
    ThreadEmptyHint = "thread.empty_hint",
    ThreadJumpDown = "thread.jump_down",
    ThreadLabel = "thread.label",
    ThreadLoadingOlder = "thread.loading_older",
    ThreadNewOne = "thread.new_one",
    ThreadNewOther = "thread.new_other",
    ThreadUnread = "thread.unread",
}
