// SPDX-License-Identifier: EUPL-1.2
// The publication filter on files as offices have them: PDF, scans, pictures, archives. Scans are
// drawn here from pages with invented people, turned and blurred as scanners do.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/file.h"
#include "paper/pdf.h"
#include "protection/pesel.h"
#include "screening/files.h"
#include "screening/programs.h"

namespace urna::screening {
namespace {

namespace fs = std::filesystem;

bool has_program(const std::string& name) {
  const Result<ReadingRoom> room = ReadingRoom::make();
  return room && run_program(*room, {name, "--version"}, 10, 1 << 20).ok();
}
bool has_polish() {
  const Result<ReadingRoom> room = ReadingRoom::make();
  if (!room) return false;
  const auto run = run_program(*room, {"tesseract", "--list-langs"}, 10, 1 << 20);
  return run && run->output.find("pol") != std::string::npos;
}

class ScreeningFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    Result<ReadingRoom> made = ReadingRoom::make();
    ASSERT_TRUE(made);
    room_.emplace(*std::move(made));
    if (!has_program("pdftotext")) GTEST_SKIP() << "poppler-utils is not installed";
  }
  [[nodiscard]] std::string at(const std::string& name) const { return room_->path() + "/" + name; }
  [[nodiscard]] std::string put(const std::string& name, std::string_view bytes) const {
    std::ofstream(at(name), std::ios::binary) << bytes;
    return at(name);
  }
  // A PDF of these lines.
  [[nodiscard]] std::string put_pdf(const std::string& name,
                                    const std::vector<std::string>& lines) const;
  // Turns the page into a picture, as a scan is.
  [[nodiscard]] std::string scan(const std::string& pdf, const std::string& name,
                                 const std::string& dots) const {
    const auto drawn =
        run_program(*room_, {"pdftoppm", "-r", dots, "-gray", "-png", "-singlefile", pdf, at(name)},
                    60, 1 << 20);
    EXPECT_TRUE(drawn && drawn->status == 0);
    return at(name) + ".png";
  }
  static std::size_t count(const FileReport& report, Kind kind) {
    return static_cast<std::size_t>(std::ranges::count(report.findings, kind, &Finding::kind));
  }
  std::optional<ReadingRoom> room_;
};

std::string pesel(unsigned serial) {
  std::string ten = "258114";  // 1825: nobody's
  ten += std::to_string(1000 + serial % 9000);
  return ten + protection::pesel_check_digit(ten);
}

std::string ScreeningFilesTest::put_pdf(const std::string& name,
                                        const std::vector<std::string>& lines) const {
  std::string bytes;
  paper::Pdf pen(bytes, {"Lista", "Urząd", ""});
  double y = 20;
  pen.begin("Document");
  for (const std::string& line : lines) {
    paper::Style style;
    style.size_pt = 9;
    y = pen.text("P", line, style, 20, y, 170) + 2;
  }
  pen.end("Document");
  pen.end_page();
  EXPECT_TRUE(pen.finish());
  return put(name, bytes);
}

std::vector<std::string> support_list(unsigned people) {
  std::vector<std::string> lines = {"LISTA OSÓB POPIERAJĄCYCH PROJEKT", "Imię i nazwisko, PESEL"};
  for (unsigned i = 0; i < people; ++i) {
    lines.push_back(std::to_string(i + 1) + ". Anna Nowak  " + pesel(i * 37));
  }
  return lines;
}

TEST_F(ScreeningFilesTest, FindsEachNumberInAPdf) {
  const std::string pdf = put_pdf("list.pdf", support_list(30));
  const Result<FileReport> report = screen_file(pdf, {});
  ASSERT_TRUE(report);
  EXPECT_EQ(count(*report, Kind::pesel), 30U);
  EXPECT_EQ(report->pages, 1U);
  EXPECT_EQ(report->findings.front().page, 1U);
  const Result<FileReport> clean =
      screen_file(put_pdf("clean.pdf",
                          {"Protokół z posiedzenia komisji", "Budżet: 1 234 567 zł, 12 projektów"}),
                  {});
  ASSERT_TRUE(clean);
  EXPECT_TRUE(clean->findings.empty()) << to_string("", clean->findings.front());
}

// The numbers on a scan, by the dots an inch that a scanner is set to.
TEST_F(ScreeningFilesTest, ReadsScans) {
  if (!has_program("tesseract") || !has_polish()) GTEST_SKIP() << "tesseract-ocr-pol is missing";
  const std::string pdf = put_pdf("list.pdf", support_list(30));
  for (const char* dots : {"150", "200", "300"}) {
    const Result<FileReport> report = screen_file(scan(pdf, std::string("scan") + dots, dots), {});
    ASSERT_TRUE(report);
    std::printf("%s dpi: %zu of 30 PESEL numbers found\n", dots, count(*report, Kind::pesel));
    EXPECT_GE(count(*report, Kind::pesel), 27U) << dots;
  }
}

// A page that is nothing but a picture (JPEG), as scanners make them.
TEST_F(ScreeningFilesTest, ReadsAScanInAPdf) {
  if (!has_program("tesseract") || !has_polish()) GTEST_SKIP() << "tesseract-ocr-pol is missing";
  const std::string list = put_pdf("list.pdf", support_list(10));
  const auto drawn = run_program(
      *room_, {"pdftoppm", "-r", "200", "-gray", "-jpeg", "-singlefile", list, at("scan")}, 60,
      1 << 20);
  ASSERT_TRUE(drawn && drawn->status == 0);
  const Result<std::string> jpeg = read_file(at("scan.jpg"), 1 << 24);
  ASSERT_TRUE(jpeg);
  // What the picture says of itself: its frame (ITU T.81, B.2.2).
  const std::size_t frame = jpeg->find("\xFF\xC0");
  ASSERT_NE(frame, std::string::npos);
  const auto octet = [&](std::size_t offset) {
    return static_cast<unsigned>(static_cast<unsigned char>((*jpeg)[frame + offset]));
  };
  const std::string size = "/Width " + std::to_string(octet(7) * 256 + octet(8)) + "/Height " +
                           std::to_string(octet(5) * 256 + octet(6)) +
                           (octet(9) == 1 ? "/ColorSpace/DeviceGray" : "/ColorSpace/DeviceRGB");
  std::string pdf = "%PDF-1.4\n";
  std::vector<std::size_t> offsets;
  const auto object = [&](const std::string& body) {
    offsets.push_back(pdf.size());
    pdf += std::to_string(offsets.size()) + " 0 obj\n" + body + "\nendobj\n";
  };
  const std::string drawing = "595 0 0 842 0 0 cm /I Do";
  object("<</Type/Catalog/Pages 2 0 R>>");
  object("<</Type/Pages/Kids[3 0 R]/Count 1>>");
  object(
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 "
      "R>>>>>>");
  object("<</Length " + std::to_string(drawing.size()) + ">>stream\n" + drawing + "\nendstream");
  object("<</Type/XObject/Subtype/Image" + size + "/BitsPerComponent 8/Filter/DCTDecode/Length " +
         std::to_string(jpeg->size()) + ">>stream\n" + *jpeg + "\nendstream");
  const std::size_t table = pdf.size();
  pdf += "xref\n0 6\n0000000000 65535 f \n";
  for (const std::size_t offset : offsets) {
    std::string number = std::to_string(offset);
    number.insert(0, 10 - number.size(), '0');
    pdf += number + " 00000 n \n";
  }
  pdf += "trailer<</Size 6/Root 1 0 R>>\nstartxref\n" + std::to_string(table) + "\n%%EOF\n";
  const Result<FileReport> report = screen_file(put("scan.pdf", pdf), {});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->pages_as_picture, 1U);
  EXPECT_EQ(count(*report, Kind::pesel), 10U);
}

TEST_F(ScreeningFilesTest, RefusesWhatCannotBeRead) {
  const std::string pdf = put_pdf("list.pdf", support_list(5));
  // So coarse that nobody reads it: not passed.
  const Result<FileReport> coarse = screen_file(scan(pdf, "coarse", "20"), {});
  ASSERT_TRUE(coarse);
  EXPECT_GE(coarse->findings.size(), 1U);
  for (const auto& [name, bytes] :
       {std::pair("a.zip", std::string("PK\3\4\0\0\0\0", 8)),
        std::pair("a.docx", std::string("PK\3\4\0\0\0\0", 8)),
        std::pair("a.pdf", std::string("%PDF-1.7 and then nothing of a PDF")),
        std::pair("a.png", std::string("\x89PNG\r\n\x1A\n and nothing more\0", 25)),
        std::pair("a.bin", std::string("\0\1\2\3", 4))}) {
    const Result<FileReport> report = screen_file(put(name, bytes), {});
    ASSERT_TRUE(report) << name;
    ASSERT_EQ(count(*report, Kind::unreadable), 1U) << name;
    EXPECT_FALSE(refuse(name, report->findings)) << name;
    // Somebody has looked at it.
    const Result<Allowed> allowed = Allowed::parse("sha256:" + report->sha256 + "\n");
    ASSERT_TRUE(allowed);
    Rules rules;
    rules.allowed = *allowed;
    const Result<FileReport> again = screen_file(at(name), rules);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->findings.empty() && again->allowed) << name;
  }
  EXPECT_FALSE(screen_file(at("nothing"), {}));
}

// The program that is asked to publish says no, and repeats nothing.
TEST_F(ScreeningFilesTest, TheCommandRefuses) {
  const std::string number = pesel(7);
  const std::string file = put("list.csv", "Anna;Nowak;" + number + "\n");
  const auto run =
      run_program(*room_, {URNA_PROGRAM, "publish", "screen", file, "--json"}, 60, 1 << 20);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->status, 1);
  EXPECT_NE(run->output.find("\"kind\":\"pesel\""), std::string::npos) << run->output;
  EXPECT_EQ(run->output.find(number), std::string::npos);
  EXPECT_EQ(run->output.find("Nowak"), std::string::npos);
  const auto clean = run_program(
      *room_, {URNA_PROGRAM, "publish", "screen", put("clean.csv", "a;b\n1;2\n")}, 60, 1 << 20);
  ASSERT_TRUE(clean);
  EXPECT_EQ(clean->status, 0) << clean->output;
}

// A project's description with a telephone in it is not put into presentation.json.
TEST_F(ScreeningFilesTest, APresentationWithATelephoneIsRefused) {
  const auto file = [](const std::string& description) {
    return "META\nkey;value\ndescription;Town\ncountry;Poland\nunit;Town\ninstance;2026\n"
           "num_projects;1\nnum_votes;1\nbudget;1000\nvote_type;approval\nrule;greedy\n"
           "PROJECTS\nproject_id;cost;votes;name;description\n1;100;1;Bench;" +
           description + "\nVOTES\nvoter_id;vote\n1;1\n";
  };
  for (const auto& [name, description, status] :
       {std::tuple("good", "A bench by the river", 0),
        std::tuple("bad", "A bench, tel. 501 234 567", 7)}) {
    const std::string pb = put(std::string(name) + ".pb", file(description));
    const std::string out = at(std::string(name) + ".json");
    const auto run = run_program(
        *room_, {URNA_PROGRAM, "edition", "presentation", "--pool", "a=" + pb, "--out", out}, 60,
        1 << 20);
    ASSERT_TRUE(run);
    EXPECT_EQ(run->status, status) << name;
    EXPECT_EQ(fs::exists(out), status == 0) << name;
  }
}

}  // namespace
}  // namespace urna::screening
