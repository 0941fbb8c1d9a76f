//! Which messages stand on which page. Sequence numbers have no holes, so that is arithmetic.

use bandyer_protocol::UserAlias;
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

impl Order {
    pub fn parse(text: Option<&str>) -> Option<Self> {
        match text {
            None | Some("asc") => Some(Order::Ascending),
            Some("desc") => Some(Order::Descending),
            Some(_) => None,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Order::Ascending => "asc",
            Order::Descending => "desc",
        }
    }
}

/// The state of the chat that all pages of one reading refer to. Written as the page token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    pub incarnation: u32,
    /// The last message there was.
    pub last: u64,
}

impl Anchor {
    pub fn parse(text: &str) -> Option<Self> {
        let (incarnation, last) = text.strip_prefix('p')?.split_once('-')?;
        Some(Self { incarnation: incarnation.parse().ok()?, last: last.parse().ok()? })
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{}-{}", self.incarnation, self.last)
    }
}

/// One page.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    pub order: Order,
    pub number: u64,
    /// 1 to 100.
    pub size: u64,
    pub anchor: Anchor,
}

impl Page {
    /// The number before the page's lowest, and how many messages stand on it; `None` for a page behind the end.
    pub fn span(&self) -> Option<(u64, u32)> {
        let skipped = self.number.checked_mul(self.size).filter(|skipped| *skipped < self.anchor.last)?;
        let count = self.size.min(self.anchor.last - skipped);
        let before_first = match self.order {
            Order::Ascending => skipped,
            Order::Descending => self.anchor.last - skipped - count,
        };
        Some((before_first, u32::try_from(count).ok()?))
    }

    pub fn next(&self) -> Option<u64> {
        let next = self.number.checked_add(1)?;
        Self { number: next, ..*self }.span().map(|_| next)
    }

    pub fn previous(&self) -> Option<u64> {
        self.number.checked_sub(1)
    }

    /// Where another page of this reading is. Aliases need no escaping.
    pub fn path(&self, users: &[UserAlias; 2], number: u64) -> String {
        let [first, second] = users;
        let (order, size, token) = (self.order.as_str(), self.size, self.anchor);
        format!(
            "/rest/chat/messages?users[]={first}&users[]={second}&order={order}\
             &page_number={number}&page_size={size}&page_token={token}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(order: Order, last: u64, size: u64) -> Vec<(u64, u32)> {
        let page = |number| Page { order, number, size, anchor: Anchor { incarnation: 1, last } };
        (0..10).map_while(|number| page(number).span()).collect()
    }

    #[test]
    fn pages_cover_every_message_once_in_both_orders() {
        assert_eq!(spans(Order::Ascending, 7, 3), [(0, 3), (3, 3), (6, 1)]);
        assert_eq!(spans(Order::Descending, 7, 3), [(4, 3), (1, 3), (0, 1)]);
        assert_eq!(spans(Order::Ascending, 6, 3), [(0, 3), (3, 3)]);
        assert_eq!(spans(Order::Descending, 0, 3), []);
        let page = Page {
            order: Order::Ascending,
            number: u64::MAX,
            size: 3,
            anchor: Anchor { incarnation: 1, last: 9 },
        };
        assert_eq!((page.span(), page.next()), (None, None));
    }

    #[test]
    fn a_token_reads_back_as_itself() {
        let anchor = Anchor { incarnation: 2, last: 70 };
        assert_eq!(Anchor::parse(&anchor.to_string()), Some(anchor));
        for bad in ["", "p", "p1", "1-2", "p-1-2", "p1-x"] {
            assert_eq!(Anchor::parse(bad), None, "{bad}");
        }
    }
}
