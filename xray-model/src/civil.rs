//! Dates of the calendar.

/// Year, month and day, in UTC, of a number of days since 1970, by Howard Hinnant's `civil_from_days`: years that begin in March put the
/// leap day last, 400 of them are one era.
///
/// ```
/// assert_eq!(xray_model::civil_from_days(19_794), (2024, 3, 12));
/// ```
#[must_use]
pub const fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + (month <= 2) as u64, month, day)
}
