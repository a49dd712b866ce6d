// SPDX-License-Identifier: EUPL-1.2
#include "protection/fields.h"

#include "base/bytes.h"

namespace urna::protection {

std::string_view id_of(DataSet set) {
  switch (set) {
    case DataSet::registrar:
      return "registrar";
    case DataSet::desk:
      return "desk";
    case DataSet::ballot_box:
      return "ballot-box";
    case DataSet::keeper:
      return "keeper";
    case DataSet::inspection:
      return "inspection";
  }
  stop_on_broken_precondition("id_of: a data set");
}

Words describe(DataSet set) {
  switch (set) {
    case DataSet::registrar:
      return {"uprawnieni do głosowania i potwierdzanie ich tożsamości",
              "people entitled to vote, and establishing who they are"};
    case DataSet::desk:
      return {"pracownicy, którzy przygotowują i prowadzą głosowanie",
              "officials who prepare and run the vote"};
    case DataSet::ballot_box:
      return {"zapis głosowania: zaszyfrowane głosy pod pseudonimami",
              "the record of the vote: encrypted ballots under pseudonyms"};
    case DataSet::keeper:
      return {"dziennik powiernika pseudonimów", "a pseudonym keeper's log"};
    case DataSet::inspection:
      return {"dziennik kontroli między administratorami",
              "the log of inspections between controllers"};
  }
  stop_on_broken_precondition("describe: a data set");
}

std::string_view id_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::eligibility:
      return "eligibility";
    case Purpose::identification:
      return "identification";
    case Purpose::notification:
      return "notification";
    case Purpose::abuse:
      return "abuse";
    case Purpose::complaints:
      return "complaints";
    case Purpose::accountability:
      return "accountability";
    case Purpose::conduct:
      return "conduct";
    case Purpose::verifiability:
      return "verifiability";
  }
  stop_on_broken_precondition("id_of: a purpose");
}

Words describe(Purpose purpose) {
  switch (purpose) {
    case Purpose::eligibility:
      return {"ustalenie, kto i w których pulach może głosować",
              "establishing who may vote, and in which pools"};
    case Purpose::identification:
      return {"potwierdzenie tożsamości głosującego", "establishing who the voter is"};
    case Purpose::notification:
      return {"powiadamianie osoby o tym, co zrobiono w jej imieniu",
              "telling the person what was done in their name"};
    case Purpose::abuse:
      return {"zapobieganie nadużyciom: limity i blokady", "preventing abuse: caps and locks"};
    case Purpose::complaints:
      return {"wyjaśnianie zgłoszeń osób, w których imieniu ktoś głosował",
              "looking into complaints of people in whose name somebody voted"};
    case Purpose::accountability:
      return {"rozliczalność: kto czytał lub zapisywał dane",
              "accountability: who read or wrote data"};
    case Purpose::conduct:
      return {"przygotowanie i przeprowadzenie głosowania", "preparing and running the vote"};
    case Purpose::verifiability:
      return {"umożliwienie każdemu sprawdzenia wyniku", "letting everybody check the result"};
  }
  stop_on_broken_precondition("describe: a purpose");
}

std::string_view id_of(Recipient recipient) {
  switch (recipient) {
    case Recipient::register_office:
      return "register-office";
    case Recipient::sms_gateway:
      return "sms-gateway";
    case Recipient::mail_service:
      return "mail-service";
    case Recipient::letter_printer:
      return "letter-printer";
    case Recipient::keepers:
      return "keepers";
    case Recipient::second_controller:
      return "second-controller";
    case Recipient::budget_office:
      return "budget-office";
    case Recipient::everybody:
      return "everybody";
    case Recipient::keeper_staff:
      return "keeper-staff";
    case Recipient::inspecting_offices:
      return "inspecting-offices";
  }
  stop_on_broken_precondition("id_of: a recipient");
}

Words describe(Recipient recipient) {
  switch (recipient) {
    case Recipient::register_office:
      return {"upoważnieni pracownicy ewidencji ludności",
              "authorised staff of the residents' register office"};
    case Recipient::sms_gateway:
      return {"operator bramki SMS (podmiot przetwarzający)", "SMS gateway (processor)"};
    case Recipient::mail_service:
      return {"operator poczty elektronicznej (podmiot przetwarzający)",
              "e-mail service (processor)"};
    case Recipient::letter_printer:
      return {"drukarnia listów z kodami (podmiot przetwarzający)",
              "printer of code letters (processor)"};
    case Recipient::keepers:
      return {"powiernicy pseudonimów (tylko w postaci, z której nikogo nie da się rozpoznać)",
              "pseudonym keepers (only in a form from which nobody can be recognised)"};
    case Recipient::second_controller:
      return {"drugi administrator, świadek dziennika dostępu",
              "the second controller, witness of the access log"};
    case Recipient::budget_office:
      return {"upoważnieni pracownicy biura budżetu obywatelskiego",
              "authorised staff of the participatory-budget office"};
    case Recipient::everybody:
      return {"wszyscy: dane są publikowane w zapisie głosowania",
              "everybody: published in the record of the vote"};
    case Recipient::keeper_staff:
      return {"upoważnieni pracownicy powiernika pseudonimów",
              "authorised staff of the pseudonym keeper"};
    case Recipient::inspecting_offices:
      return {"inspektorzy ochrony danych obu administratorów",
              "the data protection officers of both controllers"};
  }
  stop_on_broken_precondition("describe: a recipient");
}

Words describe(PersonCategory category) {
  switch (category) {
    case PersonCategory::resident:
      return {"mieszkańcy", "residents"};
    case PersonCategory::guardian:
      return {"opiekunowie małoletnich", "guardians of minors"};
    case PersonCategory::official:
      return {"pracownicy urzędu", "officials"};
  }
  stop_on_broken_precondition("describe: a category of persons");
}

Words describe(Source source) {
  switch (source) {
    case Source::residents_register:
      return {"rejestr mieszkańców", "residents' register"};
    case Source::person:
      return {"osoba, której dane dotyczą", "the person"};
    case Source::official:
      return {"pracownik punktu obsługi", "an official at a point"};
    case Source::identity_provider:
      return {"dostawca tożsamości elektronicznej", "provider of electronic identity"};
    case Source::itself:
      return {"powstaje w systemie", "made by the system itself"};
  }
  stop_on_broken_precondition("describe: a source");
}

Words describe(Sensitivity sensitivity) {
  switch (sensitivity) {
    case Sensitivity::technical:
      return {"techniczne", "technical"};
    case Sensitivity::pseudonymised:
      return {"spseudonimizowane, czyli nadal osobowe (motyw 26 RODO)",
              "pseudonymised, and so personal all the same (GDPR recital 26)"};
    case Sensitivity::ordinary:
      return {"zwykłe", "ordinary"};
    case Sensitivity::identifying:
      return {"identyfikujące", "identifying"};
    case Sensitivity::national_id:
      return {"krajowy numer identyfikacyjny (art. 87 RODO)",
              "national identification number (GDPR art. 87)"};
  }
  stop_on_broken_precondition("describe: a sensitivity");
}

}  // namespace urna::protection
