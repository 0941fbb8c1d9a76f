//! Row heights with fast sums: a Fenwick tree. Pure, so that it is tested without a browser.

/// Heights of rows from top to bottom, in pixels.
#[derive(Debug, Default)]
pub struct Heights {
    rows: Vec<f64>,
    /// `sums[i]` is the sum of the `lowest_bit(i + 1)` heights that end with row `i`.
    sums: Vec<f64>,
}

impl Heights {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds a row at the lower end. Logarithmic.
    pub fn push(&mut self, height: f64) {
        let end = self.rows.len() + 1;
        let mut sum = height;
        let mut step = 1;
        while step < lowest_bit(end) {
            sum += self.sum_at(end - step);
            step *= 2;
        }
        self.rows.push(height);
        self.sums.push(sum);
    }

    /// Drops rows at the lower end. Sums only look back, so those that stay remain right.
    pub fn truncate(&mut self, len: usize) {
        self.rows.truncate(len);
        self.sums.truncate(len);
    }

    /// Puts rows before all others. Linear: pages are rare.
    pub fn prepend(&mut self, front: impl Iterator<Item = f64>) {
        let rows = std::mem::take(&mut self.rows);
        self.sums.clear();
        for height in front.chain(rows) {
            self.push(height);
        }
    }

    /// Takes rows off the upper end. Linear.
    pub fn drop_front(&mut self, count: usize) {
        let rows = std::mem::take(&mut self.rows);
        self.sums.clear();
        for height in rows.into_iter().skip(count) {
            self.push(height);
        }
    }

    /// Corrects one height; true when it was another. Logarithmic.
    pub fn set(&mut self, row: usize, height: f64) -> bool {
        let Some(known) = self.rows.get_mut(row) else { return false };
        let change = height - *known;
        if change.abs() < 0.01 {
            return false;
        }
        *known = height;
        let mut end = row + 1;
        while let Some(sum) = self.sums.get_mut(end - 1) {
            *sum += change;
            end += lowest_bit(end);
        }
        true
    }

    /// Sum of all heights above a row: where it begins. Logarithmic.
    pub fn above(&self, row: usize) -> f64 {
        let mut end = row.min(self.len());
        let mut sum = 0.0;
        while end > 0 {
            sum += self.sum_at(end);
            end -= lowest_bit(end);
        }
        sum
    }

    pub fn total(&self) -> f64 {
        self.above(self.len())
    }

    /// The row that covers that distance from the top; the last one beyond the end. Logarithmic.
    pub fn at(&self, distance: f64) -> usize {
        let mut left = distance;
        let mut row = 0;
        let mut step = (self.len() + 1).next_power_of_two() / 2;
        while step > 0 {
            let next = row + step;
            if next <= self.len() && self.sum_at(next) <= left {
                left -= self.sum_at(next);
                row = next;
            }
            step /= 2;
        }
        row.min(self.len().saturating_sub(1))
    }

    /// The partial sum that ends with row `end - 1`.
    fn sum_at(&self, end: usize) -> f64 {
        self.sums.get(end.wrapping_sub(1)).copied().unwrap_or(0.0)
    }
}

fn lowest_bit(number: usize) -> usize {
    number & number.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same questions answered the slow way.
    fn check(heights: &Heights, rows: &[f64]) {
        assert_eq!(heights.len(), rows.len());
        for row in 0..=rows.len() {
            let above: f64 = rows.iter().take(row).sum();
            assert!((heights.above(row) - above).abs() < 1e-6, "above({row})");
        }
        let mut top = 0.0;
        for (row, height) in rows.iter().enumerate() {
            assert_eq!(heights.at(top), row, "at({top})");
            assert_eq!(heights.at(top + height - 0.5), row);
            top += height;
        }
        assert_eq!(heights.at(top + 99.0), rows.len().saturating_sub(1));
    }

    fn sample(count: usize) -> Vec<f64> {
        (0..count).map(|i| 20.0 + ((i * 37) % 91) as f64).collect()
    }

    #[test]
    fn answers_like_plain_sums_after_every_kind_of_change() {
        let mut rows = sample(137);
        let mut heights = Heights::default();
        rows.iter().for_each(|height| heights.push(*height));
        check(&heights, &rows);

        for (row, height) in [(0, 5.0), (64, 300.0), (136, 44.0), (63, 1.0)] {
            assert!(heights.set(row, height));
            rows[row] = height;
        }
        assert!(!heights.set(64, 300.0));
        assert!(!heights.set(999, 1.0));
        check(&heights, &rows);

        heights.truncate(100);
        rows.truncate(100);
        heights.push(7.0);
        rows.push(7.0);
        check(&heights, &rows);

        heights.prepend(sample(53).into_iter());
        rows.splice(0..0, sample(53));
        check(&heights, &rows);

        heights.drop_front(60);
        rows.drain(..60);
        check(&heights, &rows);
    }

    #[test]
    fn nothing_is_as_high_as_nothing() {
        let heights = Heights::default();
        assert_eq!((heights.total(), heights.at(10.0), heights.len()), (0.0, 0, 0));
    }
}
