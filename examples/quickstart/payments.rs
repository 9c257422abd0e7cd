//! The service that takes payments.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use autoxray::traced;
use tokio::time::sleep;

/// Asks for money.
#[derive(Debug)]
pub struct Charge {
    pub cents: u64,
    pub bank: Option<String>,
}

/// The number of a payment that was made.
pub type PaymentId = u64;

#[traced(name = "charge", annotate(cents = charge.cents))]
pub async fn handle(charge: Charge) -> Result<PaymentId, PaymentError> {
    check_fraud(&charge).await;
    authorise(&charge).await
}

/// Large amounts are looked at twice.
#[traced]
async fn check_fraud(charge: &Charge) {
    let thoroughly = charge.cents > 50_000;
    sleep(Duration::from_millis(if thoroughly { 420 } else { 9 })).await;
}

#[traced]
async fn authorise(charge: &Charge) -> Result<PaymentId, PaymentError> {
    let bank = charge.bank.as_deref().unwrap_or("bank.example");
    ask_bank(bank).await.map_err(|source| PaymentError { bank: bank.to_owned(), source })
}

#[traced(name = "bank", namespace = "remote", annotate(bank))]
async fn ask_bank(bank: &str) -> io::Result<PaymentId> {
    sleep(Duration::from_millis(35)).await;
    if bank.contains("nowhere") {
        return Err(io::Error::new(io::ErrorKind::TimedOut, "no answer within 35 ms"));
    }
    Ok(4711)
}

/// The bank did not play along.
#[derive(Debug)]
pub struct PaymentError {
    bank: String,
    source: io::Error,
}

impl fmt::Display for PaymentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be reached", self.bank)
    }
}

impl Error for PaymentError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}
