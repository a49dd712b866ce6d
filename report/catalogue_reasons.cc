// SPDX-License-Identifier: EUPL-1.2
// Catalogue, part two: reasons, ties, explanations, and the names of rules.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "report/catalogue.h"

namespace urna::report {

ReasonPhrases reason_phrases(count::ReasonCode code, bool other_is_self) {
  using count::ReasonCode;
  switch (code) {
    case ReasonCode::won_in_order:
      return {
          {"Projekt otrzymał {value} i zajął {rank}\u00a0miejsce. Kosztuje {cost}, a gdy przyszła "
           "jego kolej, w puli było {money}, więc został wybrany.",
           "The project received {value} and came {rank}. It costs {cost}, and {money} was "
           "left in the pool at its turn, so it is funded."},
          {"{rank}\u00a0miejsce", "{rank} place"}};
    case ReasonCode::won_by_shares:
      return {
          {"Wybrany w {round}\u00a0rundzie: osoby, które go poparły, opłaciły z przypadających im "
           "równych udziałów cały koszt, {cost}. Liczba płacących: {payers}; żadna osoba nie "
           "zapłaciła więcej niż {price}.",
           "Funded in the {round} round: its supporters paid the whole cost, {cost}, from "
           "their equal shares of the pool. Number of payers: {payers}; none of them paid more "
           "than {price}."},
          {"{round}\u00a0runda, wpłaty {payers}", "{round} round, {payers} paid"}};
    case ReasonCode::won_by_completion:
      return {
          {"Po podziale równych udziałów w puli zostały pieniądze, które przyznano według "
           "poparcia. Projekt otrzymał {value} i zajął {rank}\u00a0miejsce; kosztuje {cost}, a w "
           "puli było jeszcze {money}, więc został wybrany.",
           "After the equal shares were used, money was left in the pool and was given out by "
           "support. The project received {value} and came {rank}; it costs {cost}, and "
           "{money} was left, so it is funded."},
          {"z reszty, {rank}\u00a0miejsce", "completion, {rank} place"}};
    case ReasonCode::won_by_load:
      return {
          {"Wybrany w {round}\u00a0rundzie: koszt {cost} rozłożono na osoby, które go poparły, tak "
           "że największe obciążenie jednej z nich wyniosło {price}. Żaden inny projekt nie "
           "dawał wtedy mniejszego.",
           "Funded in the {round} round: its cost of {cost} was spread over its supporters so "
           "that the greatest load on one of them became {price}. No other project gave a "
           "smaller one then."},
          {"{round}\u00a0runda", "{round} round"}};
    case ReasonCode::won_by_optimum:
      return {{"Projekt ({votes}, koszt {cost}) należy do zestawu, który mieści się w puli i daje "
               "głosującym największe łączne zadowolenie.",
               "The project ({votes}, cost {cost}) belongs to the set that fits into the pool and "
               "gives voters the greatest total satisfaction."},
              {"w najlepszym zestawie", "in the best set"}};
    case ReasonCode::won_over_budget:
      return {{"Projekt zajął {rank}\u00a0miejsce i kosztuje {cost}, a w puli zostało {money}, "
               "czyli co "
               "najmniej 80% kosztu. Zasady pozwalają wtedy dołożyć brakujące {missing}, więc "
               "został wybrany jako ostatni.",
               "The project came {rank} and costs {cost}, while {money} was left in the pool, at "
               "least 80% of the cost. The rules then allow the missing {missing} to be added, so "
               "it is funded as the last one."},
              {"brakło {missing}, reguła 80%", "80% rule, {missing} added"}};
    case ReasonCode::won_without_cost:
      return {
          {"Projekt nic nie kosztuje i ma poparcie ({votes}), więc został wybrany "
           "({round}\u00a0runda).",
           "The project costs nothing and has support ({votes}), so it is funded ({round} round)."},
          {"nic nie kosztuje", "costs nothing"}};
    case ReasonCode::lost_no_money:
      return {
          {"Projekt otrzymał {value} i zajął {rank}\u00a0miejsce. Kosztuje {cost}, a gdy przyszła "
           "jego kolej, w puli zostało {money}. Zabrakło {missing}.",
           "The project received {value} and came {rank}. It costs {cost}, and {money} was "
           "left in the pool at its turn. It was {missing} short."},
          {"zabrakło {missing}", "{missing} short"}};
    case ReasonCode::lost_after_stop:
      if (other_is_self) {
        return {{"Projekt zajął {rank}\u00a0miejsce. Kosztuje {cost}, a w puli zostało {money}; na "
                 "pierwszym projekcie, który się nie mieści, wybieranie się kończy.",
                 "The project came {rank}. It costs {cost}, and {money} was left in the pool; the "
                 "selection ends at the first project that does not fit."},
                {"zabrakło, koniec wyboru", "did not fit, selection ended"}};
      }
      return {
          {"Projekt zajął {rank}\u00a0miejsce. Wybieranie skończyło się wcześniej, na projekcie "
           "{other}, na który nie starczyło pieniędzy; według zasad nie wolno go przeskoczyć.",
           "The project came {rank}. The selection had ended before, at {other}, which did not "
           "fit into the money left; the rules do not allow skipping it."},
          {"po zakończeniu wyboru", "after the selection ended"}};
    case ReasonCode::lost_threshold:
      return {{"Projekt otrzymał {value}, a próg wynosi {threshold}. Poniżej progu projekt nie "
               "może zostać wybrany, nawet gdy w puli są pieniądze.",
               "The project received {value}, and the threshold is {threshold}. Below the "
               "threshold a project cannot be funded, even if money is left."},
              {"poniżej progu {threshold_number}", "below threshold {threshold_number}"}};
    case ReasonCode::lost_conflict:
      return {{"Projekt wyklucza się z projektem {other}, który był wyżej na liście i został "
               "wybrany. Z takiej grupy można wybrać tylko jeden.",
               "The project excludes {other}, which ranked higher and is funded. Only one project "
               "of such a group can be funded."},
              {"wyklucza go nr\u00a0{other_id}", "excluded by no.\u00a0{other_id}"}};
    case ReasonCode::lost_no_support:
      return {{"Na żadnej karcie nie zaznaczono tego projektu.", "No ballot names this project."},
              {"brak głosów", "no votes"}};
    case ReasonCode::lost_supporters_money:
      return {
          {"Osobom, które poparły projekt ({votes}), z ich udziałów w puli zostało łącznie "
           "{money}, a kosztuje on {cost}. Zabrakło {missing} (sprawdzono w {round}\u00a0rundzie).",
           "The project's supporters ({votes}) had {money} left together from their shares of the "
           "pool, and it costs {cost}. They were {missing} short (checked in the {round} round)."},
          {"popierającym brakło {missing}", "supporters {missing} short"}};
    case ReasonCode::lost_load_stop:
      if (other_is_self) {
        return {
            {"Kolej na ten projekt przyszła w {round}\u00a0rundzie, ale kosztuje {cost}, a w puli "
             "było już mniej. Na tym wybieranie się kończy.",
             "The project's turn came in the {round} round, but it costs {cost} and less was "
             "left in the pool. The selection ends there."},
            {"zabrakło, koniec wyboru", "did not fit, selection ended"}};
      }
      return {
          {"Wybieranie skończyło się w {round}\u00a0rundzie, gdy następny w kolejności projekt, "
           "{other}, nie zmieścił się w puli.",
           "The selection ended in the {round} round, when the next project, {other}, did not "
           "fit into the pool."},
          {"po zakończeniu wyboru", "after the selection ended"}};
    case ReasonCode::lost_optimum:
      return {{"Projekt ({votes}, koszt {cost}) nie należy do zestawu, który mieści się w puli i "
               "daje głosującym największe łączne zadowolenie.",
               "The project ({votes}, cost {cost}) does not belong to the set that fits into the "
               "pool and gives voters the greatest total satisfaction."},
              {"poza najlepszym zestawem", "not in the best set"}};
    case ReasonCode::lost_over_budget:
      return {{"Projekt kosztuje {cost}, więcej niż cała pula ({budget}).",
               "The project costs {cost}, more than the whole pool ({budget})."},
              {"droższy niż pula", "costs more than the pool"}};
    case ReasonCode::lost_withdrawn:
      return {{"Projekt wycofano po głosowaniu, więc nie brał udziału w wyborze.",
               "The project was withdrawn after the vote and took no part in the selection."},
              {"wycofany", "withdrawn"}};
    case ReasonCode::lost_filter:
      return {{"Projekt otrzymał {votes}. Przy koszcie {cost} potrzebuje co najmniej "
               "{threshold_votes}, żeby w ogóle wziąć udział w podziale.",
               "The project received {votes}. At a cost of {cost} it needs at least "
               "{threshold_votes} to take part at all."},
              {"za mało głosów na koszt", "too few votes for its cost"}};
    case ReasonCode::lost_comparison:
      return {{"Projekt wybrałaby druga z porównywanych metod, ale więcej głosujących wolało "
               "wynik, w którym go nie ma.",
               "The other of the two compared methods would have funded the project, but more "
               "voters preferred the result without it."},
              {"przegrał w porównaniu", "lost the comparison"}};
  }
  return {};
}

Phrase tie_criterion_phrase(count::TieCriterion criterion) {
  using count::TieCriterion;
  switch (criterion) {
    case TieCriterion::votes:
      return {"tyle samo głosów", "equal numbers of votes"};
    case TieCriterion::points:
      return {"tyle samo punktów", "equal numbers of points"};
    case TieCriterion::density:
      return {"tyle samo głosów lub punktów na jednostkę pieniędzy",
              "equal votes or points per unit of money"};
    case TieCriterion::price:
      return {"ta sama cena za jednostkę korzyści", "the same price per unit of satisfaction"};
    case TieCriterion::load:
      return {"to samo największe obciążenie", "the same greatest load"};
    case TieCriterion::welfare:
      return {"kilka zestawów daje to samo największe zadowolenie",
              "several sets give the same greatest satisfaction"};
  }
  return {};
}

Phrase tie_policy_phrase(count::TieKind kind) {
  using count::TieKind;
  switch (kind) {
    case TieKind::id:
      return {"numer projektu (porównany jak tekst)", "project number (compared as text)"};
    case TieKind::file:
      return {"kolejność w pliku", "order of the file"};
    case TieKind::cost:
      return {"tańszy projekt pierwszy", "the cheaper project first"};
    case TieKind::cost_desc:
      return {"droższy projekt pierwszy", "the dearer project first"};
    case TieKind::votes:
      return {"projekt z większą liczbą głosów pierwszy", "the project with more votes first"};
    case TieKind::draw:
      return {"jawne, powtarzalne losowanie", "a public draw that anyone can repeat"};
  }
  return {};
}

Phrase explanation_phrase(count::Explanation explanation) {
  using count::Explanation;
  switch (explanation) {
    case Explanation::tie:
      return {"Zdecydował remis: przy innej kolejności wynik jest zgodny z ogłoszonym.",
              "A tie decided it: another order agrees with the announcement."};
    case Explanation::repeated_marks:
      return {"Projekt wpisany na jednej karcie kilka razy: policzony raz, daje wynik ogłoszony.",
              "A project named several times on one ballot: counted once, it agrees with the "
              "announcement."};
    case Explanation::declared_votes:
      return {
          "Liczby głosów wpisane w pliku przy projektach dają wynik ogłoszony, a same karty nie.",
          "The numbers of votes written beside the projects agree with the announcement; the "
          "ballots do not."};
    case Explanation::threshold:
      return {"Inny próg (albo jego brak) daje wynik ogłoszony.",
              "Another threshold (or none) agrees with the announcement."};
    case Explanation::leftover:
      return {
          "Inne postępowanie z projektem, który się nie mieści (pominąć albo skończyć), daje wynik "
          "ogłoszony.",
          "Treating the first project that does not fit differently (skip or stop) agrees with the "
          "announcement."};
    case Explanation::extra_money:
      return {
          "Projekt wybrano, choć się nie mieścił: potrzeba więcej pieniędzy niż w puli.",
          "The project was funded although it did not fit: it needs more money than the pool has."};
    case Explanation::other_sources:
      return {"Projekt sfinansowano z innych pieniędzy.",
              "The project was funded from other money."};
    case Explanation::withdrawn:
      return {
          "Pominięcie projektu, jakby go po głosowaniu wycofano lub połączono z innym, daje wynik "
          "ogłoszony.",
          "Leaving the project out, as if withdrawn or merged after the vote, agrees with the "
          "announcement."};
    case Explanation::conflict:
      return {
          "Uwagi w pliku mówią, że wyklucza go inny ogłoszony projekt; zachowanie tamtego daje "
          "wynik ogłoszony.",
          "The file's comments say that another announced project excludes it; keeping that one "
          "agrees with the announcement."};
    case Explanation::comment:
      return {"Uwagi w pliku wspominają o tym projekcie.",
              "The file's comments mention the project."};
    case Explanation::unexplained:
      return {"Brak wyjaśnienia w danych.", "Nothing in the data explains it."};
  }
  return {};
}

Phrase satisfaction_phrase(count::Satisfaction satisfaction) {
  using count::Satisfaction;
  switch (satisfaction) {
    case Satisfaction::cost:
      return {"korzyść mierzona kosztem", "satisfaction measured by cost"};
    case Satisfaction::cardinality:
      return {"korzyść mierzona liczbą projektów", "satisfaction measured by number of projects"};
    case Satisfaction::score:
      return {"korzyść mierzona punktami", "satisfaction measured by points"};
  }
  return {};
}

Phrase vote_type_phrase(count::VoteType type) {
  using count::VoteType;
  switch (type) {
    case VoteType::approval:
      return {"wybór kilku projektów", "approval of several projects"};
    case VoteType::choose_one:
      return {"wybór jednego projektu", "choice of one project"};
    case VoteType::ordinal:
      return {"projekty w kolejności od najlepszego", "projects in order of preference"};
    case VoteType::cumulative:
      return {"punkty dzielone między projekty", "points divided among projects"};
    case VoteType::scoring:
      return {"punkty dla każdego projektu osobno", "points for each project on its own"};
  }
  return {};
}

std::string category_name(std::string_view category, Language language) {
  // The vocabulary that Pabulib prescribes; a city's own words stand as they are.
  static constexpr std::array<Phrase, 9> known{{
      {"kultura", "culture"},
      {"edukacja", "education"},
      {"ochrona środowiska", "environmental protection"},
      {"zdrowie", "health"},
      {"przestrzeń publiczna", "public space"},
      {"komunikacja i drogi", "public transit and roads"},
      {"sport", "sport"},
      {"zieleń miejska", "urban greenery"},
      {"pomoc społeczna", "welfare"},
  }};
  for (const Phrase& name : known) {
    if (name.english == category) return std::string(name.in(language));
  }
  return std::string(category);
}

std::string option_words(std::string_view option, std::string_view value, Language language) {
  struct Known {
    std::string_view option, value;
    Phrase words;
  };
  static constexpr std::array<Known, 15> known{{
      {"completion", "none", {"bez uzupełnienia", "without completion"}},
      {"completion", "add1", {"z dokładaniem (Add1)", "with increases (Add1)"}},
      {"completion", "utilitarian", {"reszta według głosów", "rest by votes"}},
      {"completion",
       "add1+utilitarian",
       {"z dokładaniem (Add1), reszta według głosów", "with increases (Add1), rest by votes"}},
      {"completion", "comparison", {"z krokiem porównania", "with the comparison step"}},
      {"satisfaction", "cost", {"korzyść: koszt", "satisfaction: cost"}},
      {"satisfaction", "cardinality", {"korzyść: liczba projektów", "satisfaction: projects"}},
      {"satisfaction", "score", {"korzyść: punkty", "satisfaction: points"}},
      {"misfit", "skip", {"pomijając niemieszczące się", "skipping what does not fit"}},
      {"misfit",
       "stop",
       {"do pierwszego niemieszczącego się", "up to the first that does not fit"}},
      {"misfit", "fund-at-80-percent", {"ostatni od 80% kosztu", "last one from 80% of its cost"}},
      {"add1-stop", "overshoot", {"do przekroczenia puli", "until the pool would be exceeded"}},
      {"add1-stop", "exhaustive", {"do wyczerpania puli", "until nothing more fits"}},
      {"ordinal", "descending", {"punkty za miejsca: …, 3, 2, 1", "points for places: …, 3, 2, 1"}},
      {"ordinal", "borda", {"punkty za miejsca: …, 2, 1, 0", "points for places: …, 2, 1, 0"}},
  }};
  for (const Known& entry : known) {
    if (entry.option == option && entry.value == value)
      return std::string(entry.words.in(language));
  }
  const bool polish = language == Language::polish;
  if (option == "threshold") return fmt::format("{} {}", polish ? "próg" : "threshold", value);
  if (option == "conflict") return polish ? "z grupami wykluczeń" : "with groups that exclude";
  if (option == "support-filter") return polish ? "z progiem poparcia" : "with a support filter";
  return value.empty() ? std::string(option) : fmt::format("{} {}", option, value);
}

std::string rule_name(const CountedRule& rule, Language language) {
  const auto said = [&](const Phrase& words) { return std::string(words.in(language)); };
  const bool per_cost = std::any_of(
      rule.options.begin(), rule.options.end(),
      [](const auto& option) { return option.second.find("per-cost") != std::string::npos; });
  if (rule.name == "greedy") {
    if (rule.ranked_by_points) {
      return said(per_cost ? Phrase{"Według punktów na koszt", "By points per cost"}
                           : Phrase{"Według liczby punktów", "By number of points"});
    }
    return said(per_cost ? Phrase{"Według głosów na koszt", "By votes per cost"}
                         : Phrase{"Według liczby głosów", "By number of votes"});
  }
  if (rule.name == "equal-shares")
    return said({"Metoda równych udziałów", "Method of Equal Shares"});
  if (rule.name == "phragmen") return said({"Metoda Phragména", "Phragmén’s method"});
  if (rule.name == "max-welfare") {
    return said({"Największe łączne zadowolenie", "Greatest total satisfaction"});
  }
  return rule.name;
}

}  // namespace urna::report
