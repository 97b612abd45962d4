// Who lives in the database of the SMS measurement, what they have written, and what they text: a pure
// function of a number, so that what fills the database and what sends the SMS need not tell each other.
//
// Half as many people as cases. Nine tenths of them have a case or two, one tenth six or more. Three of ten
// write from where everybody has an address, one of ten from an organisation with hundreds of cases, the
// others from small firms. The numbers of six of ten are known for certain, of fifteen in a hundred only from
// a signature.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string>

#include "core/case_names.hpp"

namespace hejnal::bench {

inline std::uint64_t mix(std::uint64_t x, std::uint64_t salt) {
  x += 0x9E3779B97F4A7C15ull * (salt + 1);
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

inline constexpr const char* kMessageKeyOfTown = "key of the measurement, secret from nobody";

struct Client {
  std::string name, email, phone;  // phone empty: nobody knows it
  bool learnt = false;             // the phone, from a signature
  bool large = false;              // of an organisation with hundreds of cases
};

class Town {
 public:
  explicit Town(long cases) : cases_(cases), people_(std::max(cases / 2, 10L)) {}

  long cases() const { return cases_; }
  long people() const { return people_; }
  // Cases are numbered from 1.
  long person_of(long number) const {
    if (number <= people_) return number - 1;
    const auto dice = mix(static_cast<std::uint64_t>(number), 1);
    // Half of the rest belongs to the tenth who report much.
    const long among = dice % 2 == 0 ? people_ / 10 : people_;
    return static_cast<long>(dice / 2 % static_cast<std::uint64_t>(among));
  }

  Client client(long person) const {
    static constexpr std::array kFirst = {"Anna",    "Jan",      "Maria",     "Piotr", "Ewa",   "Tomasz",
                                          "Barbara", "Zbigniew", "Katarzyna", "Adam",  "Zofia", "Marek"};
    static constexpr std::array kFree = {"gmail.com", "wp.pl", "o2.pl", "onet.pl", "interia.pl"};
    const auto p = static_cast<std::uint64_t>(person);
    Client c;
    c.name = fmt::format("{} Testowicz{}", kFirst[mix(p, 2) % kFirst.size()], person);
    const auto where = mix(p, 3) % 100;
    std::string domain = fmt::format("firma{}.example", person / 5);
    if (where < 30) domain = kFree[mix(p, 4) % kFree.size()];
    if (where >= 30 && where < 40) {
      c.large = true;
      domain = fmt::format("urzad{}.example", mix(p, 5) % static_cast<std::uint64_t>(cases_ / 5000 + 1));
    }
    c.email = fmt::format("osoba{}@{}", person, domain);
    const auto known = mix(p, 6) % 100;
    if (known < 75) c.phone = fmt::format("+486{:08}", person);
    c.learnt = known >= 60 && known < 75;
    return c;
  }

  std::string subject(long number) const {
    const auto n = static_cast<std::uint64_t>(number);
    return fmt::format("{} {} {}", pick(kThings, mix(n, 7)), pick(kPlaces, mix(n, 8)),
                       pick(kFaults, mix(n, 9)));
  }
  std::string text(long number) const {
    return fmt::format(
        "Dzień dobry,\n{}. Od rana próbowaliśmy już wszystkiego, co zwykle pomaga, i nic z tego. "
        "Proszę o szybką odpowiedź, bo mamy dziś termin.\nPozdrawiam\n{}",
        subject(number), client(person_of(number)).name);
  }

  struct Sms {
    std::string from, text;
  };
  // The SMS number n, as in life: short codes; known numbers with words and without; strangers; people with
  // several open cases; colleagues in a large organisation; texts that name an address.
  Sms sms(long n, const core::ShortCodes& codes) const {
    const auto dice = static_cast<std::uint64_t>(n);
    const auto kind = mix(dice, 20) % 100;
    long number = 1 + static_cast<long>(mix(dice, 21) % static_cast<std::uint64_t>(cases_));
    const std::string stranger = fmt::format("+4850{:07}", n % 10'000'000);
    if (kind < 15) {
      const Client c = client(person_of(number));
      return {c.phone.empty() ? stranger : c.phone,
              fmt::format("{} nadal to samo, kiedy ktoś zajrzy?", codes.of(number))};
    }
    if (kind < 30) {
      return {stranger, fmt::format("Dzień dobry, tu Kowalski, wysłałem maila: {} {}. Proszę o kontakt",
                                    pick(kThings, mix(dice, 22)), pick(kFaults, mix(dice, 23)))};
    }
    if (kind < 40) {
      const Client c = client(person_of(number));
      return {stranger, fmt::format("Pisałem z {}: {}, bez odpowiedzi", c.email, subject(number))};
    }
    // From here on the number is known.
    if (kind < 55) number = 1 + number % (people_ / 10);  // whoever has several
    for (; client(person_of(number)).phone.empty() ||
           (kind < 65 && kind >= 55 && !client(person_of(number)).large);
         number = number % people_ + 1) {
    }
    const Client c = client(person_of(number));
    if (kind >= 80) return {c.phone, pick(kAlone, mix(dice, 24))};
    return {c.phone, fmt::format("{}, wysłałem maila", subject(number))};
  }

 private:
  template <std::size_t N>
  static std::string pick(const std::array<const char*, N>& list, std::uint64_t dice) {
    return list[dice % N];
  }

  static constexpr std::array<const char*, 24> kThings = {
      "Drukarka", "Serwer", "Internet", "Skaner",  "Monitor",  "Komputer",  "Laptop",     "Router",
      "Terminal", "Kamera", "Kasa",     "Czytnik", "Faktury",  "Kalendarz", "Certyfikat", "Domena",
      "Strona",   "Baza",   "Kopia",    "Zegar",   "Centrala", "Bramka",    "Licencja",   "Klawiatura"};
  static constexpr std::array<const char*, 16> kPlaces = {
      "w księgowości", "w kadrach",    "na recepcji", "w magazynie",   "u prezesa",  "w sekretariacie",
      "na produkcji",  "w serwerowni", "na piętrze",  "w warsztacie",  "w oddziale", "u handlowców",
      "w archiwum",    "na portierni", "w gabinecie", "w laboratorium"};
  static constexpr std::array<const char*, 10> kFaults = {
      "nie drukuje",       "nie odpowiada", "zawiesza się", "wyłącza się",   "pokazuje błąd",
      "nie uruchamia się", "gubi dane",     "hałasuje",     "nie łączy się", "wygasła"};
  static constexpr std::array<const char*, 4> kAlone = {"Dalej nie działa, proszę o kontakt",
                                                        "Czy ktoś się tym zajmuje?", "Halo, nadal czekamy",
                                                        "Proszę zadzwonić"};

  long cases_, people_;
};

}  // namespace hejnal::bench
