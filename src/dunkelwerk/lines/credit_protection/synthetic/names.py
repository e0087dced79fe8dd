"""Names, addresses and banks the synthetic register draws from. Lists only.

The names are those of people living in Germany; rare letters, hyphens and particles are more frequent than in life,
because names are what notices get wrong. The banks do not exist; the cities and their ranges of postal codes do.
"""


def _listed(text: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in text.split(","))


FEMALE_FIRST_NAMES = _listed(
    """
    Anna, Maria, Ursula, Monika, Petra, Elisabeth, Sabine, Renate, Helga, Karin, Brigitte, Ingrid, Erika, Andrea,
    Gisela, Claudia, Susanne, Gabriele, Christa, Christine, Hildegard, Anja, Barbara, Stefanie, Nicole, Martina,
    Birgit, Angelika, Julia, Katharina, Sandra, Melanie, Kerstin, Heike, Silke, Ute, Bärbel, Käthe, Jördis, Dörte,
    Antje, Astrid, Doris, Ulrike, Bettina, Cornelia, Regina, Simone, Tanja, Daniela, Katrin, Jana, Franziska, Laura,
    Lena, Lisa, Sarah, Vanessa, Jessica, Jennifer, Nadine, Yvonne, Mandy, Doreen, Ramona, Beate, Marion, Jutta,
    Anke, Frauke, Wiebke, Friederike, Charlotte, Luise, Johanna, Sophie, Hannah, Mia, Leonie, Emilia, Ayşe, Fatma,
    Emine, Zeynep, Elif, Gül, Hülya, Şükran, Özlem, Agnieszka, Małgorzata, Katarzyna, Joanna, Olga, Svetlana,
    Natalia, Irina, Oksana, Jelena, Dragana, Milena, Ivana, Giulia, Francesca, Chiara, Carmen, Inès, Zoë, Desirée,
    Mariam, Aïcha, Layla, Linh, Thi, Ngọc, Anna-Lena, Eva-Maria, Hanne-Lore, Ann-Kathrin, Marie-Luise, Rosemarie,
    Annegret, Änne
    """
)

MALE_FIRST_NAMES = _listed(
    """
    Peter, Michael, Thomas, Andreas, Wolfgang, Klaus, Jürgen, Günther, Hans, Stefan, Christian, Uwe, Werner, Horst,
    Frank, Dieter, Manfred, Gerhard, Bernd, Matthias, Martin, Ralf, Jörg, Torsten, Sven, Jens, Dirk, Holger, Olaf,
    Heiko, Rainer, Joachim, Helmut, Walter, Heinz, Karl, Kurt, Rolf, Rüdiger, Götz, Björn, Sören, Jörn, Lüder,
    Hermann, Norbert, Markus, Alexander, Daniel, Sebastian, Florian, Tobias, Jan, Tim, Philipp, Felix, Lukas, Jonas,
    Leon, Maximilian, Paul, Moritz, Niklas, Fabian, Dominik, Patrick, Marcel, René, André, Marco, Mario, Enrico,
    Ronny, Maik, Steffen, Carsten, Ingo, Volker, Axel, Detlef, Eberhard, Gottfried, Konrad, Albrecht, Mehmet,
    Mustafa, Ahmet, Hüseyin, İbrahim, Çetin, Ömer, Şahin, Murat, Emre, Yiğit, Tomasz, Krzysztof, Łukasz, Paweł,
    Piotr, Jarosław, Andrzej, Dmitri, Sergej, Viktor, Igor, Nikolaj, Đorđe, Goran, Zoran, Milan, Luca, Giuseppe,
    Antonio, José, Ángel, Mohammed, Ali, Yusuf, Omar, Minh, Quốc, Bjarne, Søren, François, Karl-Heinz, Hans-Jürgen,
    Hans-Peter, Klaus-Dieter, Jan-Philipp, Ernst-August, Karl-Friedrich, Wolf-Dieter
    """
)

LAST_NAMES = _listed(
    """
    Müller, Schmidt, Schneider, Fischer, Weber, Meyer, Wagner, Becker, Schulz, Hoffmann, Schäfer, Koch, Bauer,
    Richter, Klein, Wolf, Schröder, Neumann, Schwarz, Zimmermann, Braun, Krüger, Hofmann, Hartmann, Lange, Schmitt,
    Werner, Schmitz, Krause, Meier, Lehmann, Schmid, Schulze, Maier, Köhler, Herrmann, König, Walter, Mayer, Huber,
    Kaiser, Fuchs, Peters, Lang, Scholz, Möller, Weiß, Jung, Hahn, Schubert, Vogel, Friedrich, Keller, Günther,
    Frank, Berger, Winkler, Roth, Beck, Lorenz, Baumann, Franke, Albrecht, Schuster, Simon, Ludwig, Böhm, Winter,
    Kraus, Martin, Schumacher, Krämer, Vogt, Stein, Jäger, Otto, Sommer, Groß, Seidel, Heinrich, Brandt, Haas,
    Schreiber, Graf, Schulte, Dietrich, Ziegler, Kuhn, Kühn, Pohl, Engel, Horn, Busch, Bergmann, Thomas, Voigt,
    Sauer, Arnold, Wolff, Pfeiffer, Löffler, Ackermann, Barth, Böttcher, Bock, Brückner, Bußmann, Ebert, Eggers,
    Förster, Fröhlich, Fuß, Gärtner, Geißler, Götz, Haupt, Heß, Hübner, Jäckel, Kästner, Kirchner, Kröger, Kühne,
    Langer, Lüdemann, Lindner, Mönch, Nußbaum, Öhler, Ostermann, Pöhlmann, Preuß, Rademacher, Reuß, Rösler, Rößler,
    Rüdiger, Sänger, Schäffer, Schlüter, Schön, Schönfeld, Schütz, Schütze, Späth, Strauß, Süß, Tänzer, Thiele,
    Töpfer, Uhlig, Ullrich, Voß, Wächter, Weidemann, Wörner, Wüst, Zöller, Zühlke, Adam, Ahrens, Albers,
    Anders, Bach, Bachmann, Bartels, Bender, Benz, Beyer, Blum, Böhme, Brinkmann, Bruns, Buchholz, Burger, Busse,
    Christ, Conrad, Decker, Diehl, Döring, Dreßler, Ebeling, Eckert, Ernst, Fiedler, Franz, Freitag, Fritz, Funk,
    Gebhardt, Geiger, Gerlach, Greiner, Großmann, Grimm, Hagen, Hansen, Harms, Hein, Heinze, Hempel, Henning,
    Hermes, Herzog, Hesse, Heuer, Hirsch, Höfer, Jacob, Jahn, Jansen, Janßen, Jost, Kaufmann, Kern, Kessler, Kiefer,
    Klose, Körner, Kolb, Kramer, Kunz, Kunze, Lohmann, Lutz, Mack, Marx, Mertens, Metzger, Michel, Moser, Nagel,
    Naumann, Nickel, Noack, Nowak, Oswald, Paul, Petersen, Pietsch, Probst, Raabe, Reichert, Reimann, Reinhardt,
    Reuter, Rieger, Ritter, Rose, Rudolph, Runge, Schade, Scherer, Schilling, Seifert, Siebert, Stark, Steiner,
    Stephan, Stock, Straub, Unger, Urban, Vetter, Wendt, Westphal, Wilke, Witt, Wirth, Zander, Zeller, Yılmaz, Kaya,
    Demir, Şahin, Çelik, Yıldız, Yıldırım, Öztürk, Aydın, Özdemir, Arslan, Doğan, Kılıç, Aslan, Çetin, Koç, Kurt,
    Özkan, Şimşek, Polat, Güneş, Kowalski, Wiśniewski, Wójcik, Kamiński, Lewandowski, Zieliński, Szymański, Woźniak,
    Dąbrowski, Kozłowski, Jankowski, Mazur, Krawczyk, Ivanov, Petrov, Smirnov, Kuznetsova, Popović, Jovanović,
    Nikolić, Đorđević, Horvat, Kovačević, Hadžić, Novák, Dvořák, Nagy, Szabó, Popescu, Ionescu, Rossi, Russo,
    Esposito, Ferrari, García, Fernández, Silva, Santos, Papadopoulos, Nguyễn, Trần, Phạm, Haddad, Hassan, Rahimi,
    Ahmadi, Sørensen, Nygård, O'Connor, D'Angelo, Müller-Lüdenscheidt, Groß-Meier, Schulze-Böhm, Öztürk-Krause,
    Schmidt-Rößler, Kühn-Lorenz, Meyer-Wächter, Yıldız-Becker, Hoffmann-Jäger, Janßen-Voß, von der Heide,
    von der Lühe, van der Berg, von Bülow, von Weiß, von dem Bussche, zu Löwenstein, vom Brocke, de Vries,
    te Heesen, Freifrau von Thüngen, El-Khatib, Al Rashid, Ter Jung, Dos Santos, di Marco
    """
)

STREETS = _listed(
    """
    Hauptstraße, Schulstraße, Bahnhofstraße, Gartenstraße, Dorfstraße, Bergstraße, Lindenstraße, Birkenweg,
    Kirchstraße, Waldstraße, Ringstraße, Schillerstraße, Goethestraße, Amselweg, Jahnstraße, Wiesenweg,
    Blumenstraße, Feldstraße, Mühlenweg, Mühlstraße, Rosenweg, Am Sportplatz, Buchenweg, Finkenweg, Beethovenstraße,
    Mozartstraße, Friedhofstraße, Poststraße, Brunnenstraße, Industriestraße, Eichenweg, Ahornweg, Tannenweg,
    Lerchenweg, Rosenstraße, Parkstraße, Neue Straße, Marktplatz, An der Großen Wiese, Königsallee, Große Gasse,
    Löwengasse, Grüner Weg, Straße des Friedens, Clara-Zetkin-Straße, Geschwister-Scholl-Straße,
    Albert-Schweitzer-Straße, Thomas-Mann-Straße, Friedrich-Ebert-Allee, Käthe-Kollwitz-Straße, Robert-Koch-Straße,
    Dr.-Külz-Ring, Am Mühlbach, Zum Wäldchen, Im Brühl, Hinter den Gärten, Alte Landstraße, Weinbergstraße,
    Fährstraße, Hafenstraße
    """
)

# City, lowest and highest postal code.
_CITIES = _listed(
    """
    Berlin 10115-14199, Hamburg 20095-22769, München 80331-81929, Köln 50667-51149, Frankfurt am Main 60306-60599,
    Stuttgart 70173-70629, Düsseldorf 40210-40629, Dortmund 44135-44388, Essen 45127-45359, Leipzig 04103-04357,
    Bremen 28195-28779, Dresden 01067-01328, Hannover 30159-30669, Nürnberg 90402-90491, Duisburg 47051-47279,
    Bochum 44787-44894, Wuppertal 42103-42399, Bielefeld 33602-33739, Bonn 53111-53229, Münster 48143-48167,
    Mannheim 68159-68309, Karlsruhe 76131-76229, Augsburg 86150-86199, Wiesbaden 65183-65207,
    Mönchengladbach 41061-41239, Gelsenkirchen 45879-45899, Aachen 52062-52080, Braunschweig 38100-38126,
    Chemnitz 09111-09131, Kiel 24103-24159, Halle (Saale) 06108-06132, Magdeburg 39104-39130,
    Freiburg im Breisgau 79098-79117, Krefeld 47798-47839, Mainz 55116-55131, Lübeck 23552-23570,
    Erfurt 99084-99099, Oberhausen 46045-46149, Rostock 18055-18147, Kassel 34117-34134, Hagen 58089-58139,
    Saarbrücken 66111-66133, Potsdam 14467-14482, Ludwigshafen am Rhein 67059-67071, Oldenburg 26121-26135,
    Osnabrück 49074-49090, Heidelberg 69115-69126, Darmstadt 64283-64297, Regensburg 93047-93059,
    Würzburg 97070-97084, Wolfsburg 38440-38448, Göttingen 37073-37085, Ulm 89073-89081, Heilbronn 74072-74081,
    Pforzheim 75172-75181, Trier 54290-54296, Jena 07743-07751, Cottbus 03042-03055, Schwerin 19053-19063,
    Flensburg 24937-24944, Passau 94032-94036, Görlitz 02826-02828, Zwickau 08056-08066
    """
)
CITIES: tuple[tuple[str, int, int], ...] = tuple((city[:-12], int(city[-11:-6]), int(city[-5:])) for city in _CITIES)

# Bank and the eight-digit bank code its IBANs begin with; neither exists.
_BANKS = _listed(
    """
    Musterbank AG 20070000, Beispielbank AG 37050100, Norddeutsche Ratenkredit AG 20030600,
    Rheinische Autobank GmbH 30020400, Süddeutsche Teilzahlungsbank AG 70012300, Kreditkasse Elbtal eG 85090500,
    Volkskasse Hügelland eG 52060700, Sparhaus Weserbergland 25050800, Bürgerbank Mark Brandenburg eG 16060900,
    Stadtkasse Lindenau 86055200, Hypothekenkontor Main AG 50031500, Möbelkredit Direktbank AG 76026300,
    Genossenschaftsbank Oberschwaben eG 65091800, Fördebank AG 21020700, Ostseekreditbank AG 13040500,
    Konsumbank Saar GmbH 59010600, Ruhrkredit AG 36040200, Privatbank Grünwald & Söhne KGaA 70030900,
    Handwerkerbank Franken eG 79090300, Autofinanz Wolfstadt AG 27020500
    """
)
BANKS: tuple[tuple[str, str], ...] = tuple((bank[:-9], bank[-8:]) for bank in _BANKS)
