#include "sim/topics.hpp"

namespace hejnal::sim {

const std::vector<Topic>& topics() {
  static const std::vector<Topic> list = {
      {"Drukarka nie drukuje", "Drukarka w księgowości stoi od rana i miga na czerwono.",
       "drukarka w księgowości"},
      {"Logowanie do kadr", "Nikt z kadr nie może się zalogować, hasła są odrzucane.", "kadry i logowanie"},
      {"Skaner", "Skaner zapisuje puste kartki zamiast dokumentów.", "skaner, puste kartki"},
      {"Sieć w magazynie", "Wózki widłowe zgubiły bezprzewodową łączność, terminale milczą.",
       "magazyn, wózki"},
      {"Kasa fiskalna", "Kasa numer 2 wydaje niepełne paragony.", "kasa i paragony"},
      {"Telefon stacjonarny", "Słuchawka w recepcji trzeszczy i przerywa rozmowy.", "słuchawka w recepcji"},
      {"Nowe stanowisko", "Od poniedziałku zaczyna praktykantka, potrzebne biurko i komputer.",
       "praktykantka, biurko"},
      {"Kopia zapasowa", "Nocny backup zakończył się błędem taśmy.", "backup, taśma"},
      {"Faktury XML", "Eksport faktur odrzuca bramka ministerstwa.", "faktury, bramka"},
      {"Licencja programu CAD", "Inżynierom wygasł abonament na rysunki.", "abonament inżynierów"},
      {"Monitor", "Ekran w sekretariacie miga zielonymi pasami.", "ekran w sekretariacie"},
      {"Serwer plików", "Wspólny folder projektów zniknął wszystkim zespołom.", "folder projektów"},
      {"Rejestracja pacjentów", "Przychodnia nie może zapisywać wizyt lekarskich.", "przychodnia, wizyty"},
      {"Klimatyzacja serwerowni", "Temperatura w szafie rośnie, wentylator zgrzyta.",
       "temperatura, wentylator"},
      {"Zasilacz awaryjny", "UPS piszczy i pokazuje zużyte akumulatory.", "akumulatory UPS"},
      {"Podpis elektroniczny", "Certyfikat prezesa stracił ważność wczoraj.", "certyfikat prezesa"},
      {"Kalendarz zarządu", "Spotkania dublują się po synchronizacji ze smartfonem.", "spotkania zarządu"},
      {"Strona internetowa", "Sklep pokazuje klientom ceny zerowe.", "sklep, ceny zerowe"},
      {"Kamera przy bramie", "Nagrywarka monitoringu zapisuje tylko szum.", "nagrywarka, szum"},
      {"Laptop handlowca", "Bateria wybrzuszyła obudowę notebooka.", "bateria notebooka"},
      {"Wirus", "Antywirus zgłasza szyfrowanie plików u kierowcy.", "szyfrowanie u kierowcy"},
      {"Poczta wychodząca", "Nasze oferty trafiają odbiorcom do spamu.", "oferty w spamie"},
      {"Tablica interaktywna", "Rzutnik w sali szkoleniowej gubi ostrość obrazu.", "rzutnik, ostrość"},
      {"Drzwi na kartę", "Czytnik identyfikatorów nikogo nie wpuszcza.", "czytnik identyfikatorów"},
  };
  return list;
}

}  // namespace hejnal::sim
