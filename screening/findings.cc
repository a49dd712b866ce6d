// SPDX-License-Identifier: EUPL-1.2
#include "screening/findings.h"

#include "base/bytes.h"

namespace urna::screening {

std::string_view id_of(Kind kind) {
  switch (kind) {
    case Kind::pesel:
      return "pesel";
    case Kind::phone:
      return "phone";
    case Kind::email:
      return "email";
    case Kind::name:
      return "name";
    case Kind::home:
      return "home";
    case Kind::place:
      return "place";
    case Kind::document:
      return "document";
    case Kind::account:
      return "account";
    case Kind::unreadable:
      return "unreadable";
  }
  stop_on_broken_precondition("id_of: a kind of personal data");
}

protection::Words describe(Kind kind) {
  switch (kind) {
    case Kind::pesel:
      return {"numer PESEL", "a PESEL number"};
    case Kind::phone:
      return {"numer telefonu", "a phone number"};
    case Kind::email:
      return {"adres e-mail", "an e-mail address"};
    case Kind::name:
      return {"imię i nazwisko z podanej listy", "a name on the list that was given"};
    case Kind::home:
      return {"adres zamieszkania", "an address of residence"};
    case Kind::place:
      return {"ulica z numerem", "a street with a number"};
    case Kind::document:
      return {"numer dokumentu tożsamości", "the number of an identity document"};
    case Kind::account:
      return {"numer rachunku bankowego", "a bank account"};
    case Kind::unreadable:
      return {"pliku nie da się przeczytać", "the file cannot be read"};
  }
  stop_on_broken_precondition("describe: a kind of personal data");
}

}  // namespace urna::screening
