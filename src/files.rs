//! Files the user picked, under the numbers the core knows them by. Browser objects never enter the state.

use bandyer_core::action::PickedFile;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::File;

/// The files of one widget; clones share them.
#[derive(Clone, Default)]
pub struct Files(Rc<Inner>);

#[derive(Default)]
struct Inner {
    next: Cell<u32>,
    kept: RefCell<Vec<(u32, File)>>,
}

impl PartialEq for Files {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Files {
    /// Keeps a file until it is sent or given up.
    pub fn keep(&self, file: File) -> PickedFile {
        let number = self.0.next.get();
        self.0.next.set(number.wrapping_add(1));
        let picture =
            matches!(file.type_().as_str(), "image/png" | "image/jpeg" | "image/gif" | "image/webp");
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a file size is a whole number"
        )]
        let picked = PickedFile { file: number, name: file.name(), size: file.size() as u64, picture };
        self.0.kept.borrow_mut().push((number, file));
        picked
    }

    pub fn get(&self, number: u32) -> Option<File> {
        self.0.kept.borrow().iter().find(|(known, _)| *known == number).map(|(_, file)| file.clone())
    }

    pub fn forget(&self, number: u32) {
        self.0.kept.borrow_mut().retain(|(known, _)| *known != number);
    }

    pub fn forget_all(&self) {
        self.0.kept.borrow_mut().clear();
    }
}
